using Microsoft.Extensions.Configuration;

namespace Capibara6.Hosting.ResourceService;

/// <summary>Where the resource service listens, and who may ask it.</summary>
/// <param name="Endpoint">http or https on a loopback address; null for any port.</param>
/// <param name="ApiKey">What callers have to send; null when everybody on this machine may ask.</param>
/// <param name="ApplicationName">What the dashboard calls the application.</param>
internal sealed record ResourceServiceOptions(Uri? Endpoint, string? ApiKey, string ApplicationName)
{
    public const string ApiKeyHeader = "x-resource-service-api-key";

    private const string HostSuffix = ".AppHost";

    /// <exception cref="ArgumentException">The configured address is no URL, or not on this machine only.</exception>
    public static ResourceServiceOptions Read(IConfiguration configuration)
    {
        var name = configuration["AppHost:DashboardApplicationName"] ?? string.Empty;
        return new ResourceServiceOptions(
            ReadEndpoint(configuration),
            configuration["AppHost:ResourceService:AuthMode"] is "Unsecured" ? null : AppHostConfiguration.NullIfEmpty(configuration["AppHost:ResourceService:ApiKey"]),
            name.EndsWith(HostSuffix, StringComparison.OrdinalIgnoreCase) ? name[..^HostSuffix.Length] : name);
    }

    /// <summary>True when somebody will ask: the dashboard, or whoever set the address.</summary>
    public static bool IsWanted(IConfiguration configuration) =>
        configuration[AppHostConfiguration.DashboardDisabledKey] is not "true" || Address(configuration) is not null;

    private static string? Address(IConfiguration configuration) =>
        AppHostConfiguration.Read(configuration, "ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL", "DOTNET_RESOURCE_SERVICE_ENDPOINT_URL");

    private static Uri? ReadEndpoint(IConfiguration configuration)
    {
        if (Address(configuration) is not { } text)
        {
            return null;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
        {
            throw new ArgumentException($"ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL is '{text}', which is no http or https URL.");
        }

        return endpoint.IsLoopback
            ? endpoint
            : throw new ArgumentException($"ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL is '{text}', but the resource service listens on this machine only: use localhost.");
    }
}
