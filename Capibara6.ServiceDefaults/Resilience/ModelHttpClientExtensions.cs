using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.Retry;

namespace Microsoft.Extensions.Hosting;

/// <summary>The gentler resilience for calls to models, which may think for minutes and cost money each time.</summary>
public static class ModelHttpClientExtensions
{
    /// <summary>Name of the pipeline, as telemetry shows it.</summary>
    public const string PipelineName = "models";

    /// <summary>
    /// Replaces the standard resilience of this client. A call may take as long as its caller's token lets it; it is repeated
    /// only when no connection came about, so that no answer is paid for twice. Whoever uses the client sets timeout, further
    /// retries and circuit breaker, because only they know the model and its fallback.
    /// </summary>
    public static IHttpClientBuilder AddModelResilienceHandler(this IHttpClientBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.ConfigureHttpClient(client => client.Timeout = Timeout.InfiniteTimeSpan);
#pragma warning disable EXTEXP0001 // The only way to take a default handler off a client; replaceable when it changes.
        builder.RemoveAllResilienceHandlers();
#pragma warning restore EXTEXP0001
        builder.AddResilienceHandler(PipelineName, pipeline => pipeline.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
        {
            Name = "connect",
            MaxRetryAttempts = 2,
            Delay = TimeSpan.FromMilliseconds(200),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = arguments => ValueTask.FromResult(IsNeverConnected(arguments.Outcome.Exception)),
        }));
        return builder;
    }

    private static bool IsNeverConnected(Exception? exception) =>
        exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError };
}
