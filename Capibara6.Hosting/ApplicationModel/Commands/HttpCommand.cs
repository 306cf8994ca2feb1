using Aspire.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting.ApplicationModel
{
    /// <summary>How a command by HTTP is shown and sent.</summary>
    public class HttpCommandOptions : CommandOptions
    {
        /// <summary>Null for POST.</summary>
        public HttpMethod? Method { get; set; }

        /// <summary>Name of the HTTP client to send with; null for the default one.</summary>
        public string? HttpClientName { get; set; }

        public Func<EndpointReference>? EndpointSelector { get; set; }

        /// <summary>Changes the request before it is sent.</summary>
        public Func<HttpCommandRequestContext, Task>? PrepareRequest { get; set; }

        /// <summary>Makes the result; null for success on a status of 2xx.</summary>
        public Func<HttpCommandResultContext, Task<ExecuteCommandResult>>? GetCommandResult { get; set; }
    }

    /// <summary>What may be changed before a command's request is sent.</summary>
    public sealed class HttpCommandRequestContext
    {
        public required IServiceProvider ServiceProvider { get; init; }

        public required string ResourceName { get; init; }

        public required EndpointReference Endpoint { get; init; }

        public required CancellationToken CancellationToken { get; init; }

        public required HttpClient HttpClient { get; init; }

        public required HttpRequestMessage Request { get; init; }
    }

    /// <summary>What the result of a command by HTTP is made from.</summary>
    public sealed class HttpCommandResultContext
    {
        public required IServiceProvider ServiceProvider { get; init; }

        public required string ResourceName { get; init; }

        public required EndpointReference Endpoint { get; init; }

        public required CancellationToken CancellationToken { get; init; }

        public required HttpClient HttpClient { get; init; }

        public required HttpResponseMessage Response { get; init; }
    }
}

namespace Capibara6.Hosting.ApplicationModel
{
    /// <summary>Sends a command's request.</summary>
    internal static class HttpCommand
    {
        public static async Task<ExecuteCommandResult> ExecuteAsync(
            ExecuteCommandContext context, EndpointReference endpoint, string path, HttpMethod method, HttpCommandOptions options)
        {
            if (!endpoint.IsAllocated)
            {
                return CommandResults.Failure($"The endpoint '{endpoint.EndpointName}' of resource '{endpoint.Resource.Name}' has no address yet.");
            }

            var token = context.CancellationToken;
            using var client = context.ServiceProvider.GetRequiredService<IHttpClientFactory>().CreateClient(options.HttpClientName ?? string.Empty);
            using var request = new HttpRequestMessage(method, new Uri(new Uri(endpoint.Url), path));
            if (options.PrepareRequest is { } prepare)
            {
                await prepare(new HttpCommandRequestContext
                {
                    ServiceProvider = context.ServiceProvider,
                    ResourceName = context.ResourceName,
                    Endpoint = endpoint,
                    CancellationToken = token,
                    HttpClient = client,
                    Request = request,
                }).ConfigureAwait(false);
            }

            using var response = await client.SendAsync(request, token).ConfigureAwait(false);
            if (options.GetCommandResult is { } getResult)
            {
                return await getResult(new HttpCommandResultContext
                {
                    ServiceProvider = context.ServiceProvider,
                    ResourceName = context.ResourceName,
                    Endpoint = endpoint,
                    CancellationToken = token,
                    HttpClient = client,
                    Response = response,
                }).ConfigureAwait(false);
            }

            return response.IsSuccessStatusCode
                ? CommandResults.Success()
                : CommandResults.Failure($"Request failed with status code {(int)response.StatusCode}.");
        }
    }
}
