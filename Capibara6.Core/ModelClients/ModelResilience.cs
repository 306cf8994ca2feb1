using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace Capibara6.Core.ModelClients;

/// <summary>Builds the resilience of one model, from outside in: total timeout, retry, circuit breaker, attempt timeout.</summary>
internal static class ModelResilience
{
    // No retry waits longer by itself; an endpoint may ask for more, up to MaxRetryAfter.
    private static readonly TimeSpan s_maxBackOff = TimeSpan.FromSeconds(5);

    public static ResiliencePipeline Build(string model, ModelResilienceOptions options, TimeProvider time, ILogger logger)
    {
        var builder = new ResiliencePipelineBuilder { Name = model, TimeProvider = time }.AddTimeout(options.TotalTimeout);
        if (options.Retries > 0)
        {
            builder.AddRetry(Retry(model, options, logger));
        }

        return builder
            .AddCircuitBreaker(Breaker(model, options, logger))
            .AddTimeout(options.AttemptTimeout)
            .Build();
    }

    private static RetryStrategyOptions Retry(string model, ModelResilienceOptions options, ILogger logger) => new()
    {
        MaxRetryAttempts = options.Retries,
        Delay = options.RetryDelay,
        MaxDelay = s_maxBackOff,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception switch
        {
            TimeoutRejectedException => true,
            ModelCallException fault => fault.IsTransient && !(fault.RetryAfter > options.MaxRetryAfter),
            _ => false,
        }),
        DelayGenerator = args => ValueTask.FromResult((args.Outcome.Exception as ModelCallException)?.RetryAfter),
        OnRetry = args =>
        {
            var fault = args.Outcome.Exception as ModelCallException;
            ModelTelemetry.Retry(model);
            ModelLog.Retrying(
                logger, args.AttemptNumber + 1, model, fault?.Fault ?? ModelFault.TimedOut, fault?.Message ?? "no answer in time", args.RetryDelay.TotalMilliseconds);
            return ValueTask.CompletedTask;
        },
    };

    private static CircuitBreakerStrategyOptions Breaker(string model, ModelResilienceOptions options, ILogger logger) => new()
    {
        FailureRatio = options.BreakerFailureRatio,
        MinimumThroughput = options.BreakerMinimumThroughput,
        SamplingDuration = options.BreakerWindow,
        BreakDuration = options.BreakerDuration,
        ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception switch
        {
            TimeoutRejectedException => true,
            ModelCallException fault => fault.CountsForBreaker,
            _ => false,
        }),
        OnOpened = args =>
        {
            ModelTelemetry.BreakerChanged(model, "open");
            ModelLog.CircuitOpened(logger, model, args.BreakDuration.TotalSeconds);
            return ValueTask.CompletedTask;
        },
        OnClosed = _ =>
        {
            ModelTelemetry.BreakerChanged(model, "closed");
            ModelLog.CircuitClosed(logger, model);
            return ValueTask.CompletedTask;
        },
    };
}
