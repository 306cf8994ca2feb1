using Aspire.Hosting.ApplicationModel;

namespace Aspire.Hosting;

/// <summary>A service that somebody else runs.</summary>
public sealed class ExternalServiceResource : Resource
{
    /// <param name="uri">Absolute, without query and fragment, with the path / only.</param>
    public ExternalServiceResource(string name, Uri uri) : base(name)
    {
        ArgumentNullException.ThrowIfNull(uri);
        if (Problem(uri) is { } problem)
        {
            throw new ArgumentException($"The URL '{uri.OriginalString}' of external service '{name}' is invalid: {problem}.", nameof(uri));
        }

        Uri = uri;
    }

    public ExternalServiceResource(string name, ParameterResource urlParameter) : base(name) =>
        UrlParameter = urlParameter ?? throw new ArgumentNullException(nameof(urlParameter));

    /// <summary>Null when the URL is a parameter.</summary>
    public Uri? Uri { get; }

    /// <summary>Null when the URL is known.</summary>
    public ParameterResource? UrlParameter { get; }

    internal static string? Problem(Uri uri)
    {
        if (!uri.IsAbsoluteUri)
        {
            return "it must be absolute";
        }

        return uri.AbsolutePath != "/" || !string.IsNullOrEmpty(uri.Query) || !string.IsNullOrEmpty(uri.Fragment)
            ? "its path must be /, without query and fragment"
            : null;
    }

    /// <summary>The URL, checked.</summary>
    /// <exception cref="DistributedApplicationException">The parameter is no valid URL.</exception>
    internal async ValueTask<Uri> GetUriAsync(CancellationToken cancellationToken)
    {
        if (Uri is not null)
        {
            return Uri;
        }

        var text = await UrlParameter!.GetValueAsync(cancellationToken).ConfigureAwait(false);
        if (!System.Uri.TryCreate(text, UriKind.Absolute, out var uri) || Problem(uri) is not null)
        {
            throw new DistributedApplicationException(
                $"The URL of external service '{Name}', parameter '{UrlParameter.Name}', is invalid: it must be absolute, with the path / only.");
        }

        return uri;
    }
}
