using System.Text;
using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting.Utils;

/// <summary>Names volumes so that applications don't share them, and each application finds its own again.</summary>
public static class VolumeNameGenerator
{
    /// <summary><c>{application}-{hash}-{resource}-{suffix}</c>, the hash from <c>AppHost:Sha256</c>.</summary>
    /// <exception cref="ArgumentException">The suffix has characters that a volume's name can't have.</exception>
    public static string Generate<T>(IResourceBuilder<T> builder, string suffix) where T : IResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrEmpty(suffix);
        if (!suffix.All(IsAllowed))
        {
            throw new ArgumentException($"The suffix '{suffix}' may have ASCII letters, digits, _, . and - only.", nameof(suffix));
        }

        var application = builder.ApplicationBuilder;
        var name = new StringBuilder();
        foreach (var character in application.Environment.ApplicationName.ToLowerInvariant())
        {
            name.Append(IsAllowed(character) ? character : '_');
        }

        var hash = application.Configuration["AppHost:Sha256"]![..10].ToLowerInvariant();
        return $"{name}-{hash}-{builder.Resource.Name}-{suffix}";
    }

    private static bool IsAllowed(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or '.' or '-';
}
