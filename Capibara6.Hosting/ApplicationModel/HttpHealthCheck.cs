using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Capibara6.Hosting.ApplicationModel;

internal static class HttpHealthChecks
{
    public static string Key(string resource, string endpoint, string path, int statusCode) =>
        string.Create(CultureInfo.InvariantCulture, $"{resource}_{endpoint}_{path}_{statusCode}_check");
}

/// <summary>Healthy when a GET request is answered with the expected status.</summary>
/// <param name="address">Gives the URL; it may not be known yet, then null.</param>
internal sealed class HttpHealthCheck(IHttpClientFactory clients, string clientName, Func<CancellationToken, ValueTask<Uri?>> address, int statusCode) : IHealthCheck
{
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(s_timeout);
        try
        {
            var url = await address(limit.Token).ConfigureAwait(false);
            if (url is null)
            {
                return HealthCheckResult.Unhealthy("The endpoint has no address yet.");
            }

            using var client = clients.CreateClient(clientName);
            using var response = await client.GetAsync(url, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            return (int)response.StatusCode == statusCode
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"{url} answered {(int)response.StatusCode}, expected {statusCode}.");
        }
        catch (HttpRequestException exception)
        {
            return HealthCheckResult.Unhealthy(exception.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy($"No answer within {s_timeout.TotalSeconds:0} s.");
        }
    }
}
