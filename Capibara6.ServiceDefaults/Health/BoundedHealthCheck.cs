using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Capibara6.ServiceDefaults.Health;

/// <summary>
/// Runs a check so that it can neither hold up the report nor pile up: it answers within the timeout even when the check
/// ignores its token or blocks its thread, and while one run hangs no other is started.
/// </summary>
/// <remarks>The run owns its scope: a check that overstays must not use a DbContext that went back to its pool.</remarks>
internal sealed class BoundedHealthCheck(
    HealthCheckRegistration registration,
    Func<IServiceProvider, IHealthCheck> factory,
    IServiceScopeFactory scopes,
    TimeSpan timeout,
    TimeProvider time) : IHealthCheck
{
    private readonly Lock _lock = new();
    private Task<HealthCheckResult>? _running;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken)
    {
        Task<HealthCheckResult> run;
        lock (_lock)
        {
            run = _running is { IsCompleted: false } ? _running : _running = Task.Run(RunAsync, CancellationToken.None);
        }

        try
        {
            return await run.WaitAsync(timeout, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return new HealthCheckResult(registration.FailureStatus, $"No answer within {timeout.TotalSeconds:0.###} s.");
        }
    }

    private async Task<HealthCheckResult> RunAsync()
    {
        using var expired = new CancellationTokenSource(timeout, time);
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var check = factory(scope.ServiceProvider);
            var context = new HealthCheckContext { Registration = registration };
            return await check.CheckHealthAsync(context, expired.Token);
        }
        catch (OperationCanceledException) when (expired.IsCancellationRequested)
        {
            return new HealthCheckResult(registration.FailureStatus, $"No answer within {timeout.TotalSeconds:0.###} s.");
        }
#pragma warning disable CA1031 // Whatever a check throws is its result: the dependency can't be used.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            return new HealthCheckResult(registration.FailureStatus, exception: exception);
        }
    }
}
