using Microsoft.Extensions.Logging;
using Polly;
using Polly.CircuitBreaker;

namespace Capibara6.Core.ModelClients;

/// <summary>The circuit breaker of one deployment. Attempts, waits and deadlines are <see cref="ModelCalls"/>'.</summary>
internal static class ModelResilience
{
    /// <param name="opened">Told for how long the circuit is open; zero when it is closed again.</param>
    public static ResiliencePipeline Breaker(
        string name, ModelResilienceOptions options, TimeProvider time, ILogger logger, Action<TimeSpan> opened)
    {
        ModelTelemetry.HasBreaker(name);
        return new ResiliencePipelineBuilder { Name = name, TimeProvider = time }
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                FailureRatio = options.BreakerFailureRatio,
                MinimumThroughput = options.BreakerMinimumThroughput,
                SamplingDuration = options.BreakerWindow,
                BreakDuration = options.BreakerDuration,
                ShouldHandle = args => ValueTask.FromResult(args.Outcome.Exception is ModelCallException { CountsForBreaker: true }),
                OnOpened = args =>
                {
                    opened(args.BreakDuration);
                    ModelTelemetry.BreakerOpened(name);
                    ModelLog.CircuitOpened(logger, name, args.BreakDuration.TotalSeconds);
                    return ValueTask.CompletedTask;
                },
                OnClosed = _ =>
                {
                    opened(TimeSpan.Zero);
                    ModelTelemetry.BreakerClosed(name);
                    ModelLog.CircuitClosed(logger, name);
                    return ValueTask.CompletedTask;
                },
            })
            .Build();
    }
}
