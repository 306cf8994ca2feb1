using Capibara6.Hosting.Deployment.Servers;
using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Hosting;

namespace Capibara6.Hosting.Publishing.Workloads;

/// <summary>Reads the model with the settings of the run that publishes it.</summary>
internal static class WorkloadModelFactory
{
    private const string AppHostSuffix = ".apphost";

    public static async Task<WorkloadModel> ReadAsync(
        DistributedApplicationModel model, PublishingTarget target, PublishOptions options, CancellationToken cancellationToken)
    {
        var images = await ImageLock.LoadAsync(target.AppHostDirectory, cancellationToken);
        var reader = new WorkloadReader(target.ExecutionContext, options, images, Application(target), target.Services.GetRequiredService<IHostEnvironment>().ApplicationName, target.AppHostDirectory, [.. target.Services.GetServices<IServerDescription>()]);
        return await reader.ReadAsync(model, cancellationToken);
    }

    /// <summary>The section as options, refused in one line when a value makes no sense.</summary>
    public static T Options<T>(PublishingTarget target, string section)
        where T : class, IPublishSection, new()
    {
        var options = new T();
        try
        {
            var configuration = target.Services.GetRequiredService<IConfiguration>();
            configuration.GetSection(section).Bind(options);
            options.ReadSwitches(configuration);
        }
        catch (InvalidOperationException error)
        {
            // A number or a truth value that is none; the binder's message names the key and what it wants.
            throw new DistributedApplicationException($"Section {section}: {error.Message}", error);
        }

        options.Complete(Application(target));
        var failures = new List<ValidationResult>();
        return Validator.TryValidateObject(options, new ValidationContext(options), failures, validateAllProperties: true)
            ? options
            : throw new DistributedApplicationException(
                $"Section {section}: {string.Join(" ", failures.Select(static failure => failure.ErrorMessage))}");
    }

    /// <summary>The system's name: the AppHost's without its last part, as a DNS label.</summary>
    private static string Application(PublishingTarget target)
    {
        var name = target.Services.GetRequiredService<IHostEnvironment>().ApplicationName.ToLowerInvariant();
        name = name.EndsWith(AppHostSuffix, StringComparison.Ordinal) ? name[..^AppHostSuffix.Length] : name;
        return new string([.. name.Select(static character => char.IsAsciiLetterOrDigit(character) ? character : '-')]).Trim('-');
    }
}
