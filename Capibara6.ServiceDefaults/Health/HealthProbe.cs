using System.Globalization;

namespace Capibara6.ServiceDefaults.Health;

/// <summary>
/// The service's image asks itself how it is: <c>service --health</c> asks the running service and ends with 0 or 1. Images
/// without a shell have nothing else to ask with.
/// </summary>
internal static class HealthProbe
{
    public const string Switch = "--health";

    private const int DefaultPort = 8080;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(4);

    /// <summary>Ends the process with the answer when the switch was given.</summary>
    public static void ExitIfAsked(string[] args)
    {
        if (args.Contains(Switch))
        {
            Environment.Exit(Ask(AddressFrom(Environment.GetEnvironmentVariable)) ? 0 : 1);
        }
    }

    /// <summary>Whether the service at this address takes requests.</summary>
    public static bool Ask(Uri service)
    {
        using var client = new HttpClient { Timeout = s_patience };
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(service, "/health"));
            using var response = client.Send(request);
            return response.IsSuccessStatusCode;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Where the service of this container listens, by the variables that ASP.NET Core itself reads.</summary>
    public static Uri AddressFrom(Func<string, string?> variable)
    {
        foreach (var url in (variable("ASPNETCORE_URLS") ?? variable("URLS") ?? string.Empty).Split(';', StringSplitOptions.RemoveEmptyEntries))
        {
            // "+" and "*" stand for every address and are no host name.
            if (Uri.TryCreate(url.Replace("+", "localhost", StringComparison.Ordinal).Replace("*", "localhost", StringComparison.Ordinal), UriKind.Absolute, out var address)
                && address.Scheme == Uri.UriSchemeHttp)
            {
                return new UriBuilder(address) { Host = "127.0.0.1" }.Uri;
            }
        }

        var ports = variable("HTTP_PORTS") ?? variable("ASPNETCORE_HTTP_PORTS") ?? variable("DOTNET_HTTP_PORTS") ?? string.Empty;
        var port = int.TryParse(ports.Split(';')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var first) ? first : DefaultPort;
        return new UriBuilder(Uri.UriSchemeHttp, "127.0.0.1", port).Uri;
    }
}
