using System.Diagnostics;
using Microsoft.Extensions.Logging;

namespace Capibara6.Core.ModelClients;

/// <summary>
/// Calls of models: the one place for attempts, waits, breakers, fallback and the deadline, whoever asks.
/// </summary>
internal sealed class ModelCalls(ModelFleet fleet, ModelWire wire, TimeProvider time, ILogger<ModelCalls> logger)
{
    /// <summary>The whole answer of the model, or of the one that stands in for it.</summary>
    /// <param name="modelId">A model of the catalog.</param>
    /// <exception cref="ModelCallException">There is none, after all attempts.</exception>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public ValueTask<ModelAnswer> AskAsync(string modelId, ModelRequest request, CancellationToken cancellationToken) => CallAsync(
        modelId, request, static (wire, deployment, request, _, attempt) => wire.AskAsync(deployment, request, attempt), cancellationToken);

    /// <summary>A streamed answer that has begun. Attempts are repeated until its first piece and never after it.</summary>
    /// <exception cref="ModelCallException">As above.</exception>
    /// <exception cref="OperationCanceledException">The caller left.</exception>
    public ValueTask<ModelStream> OpenAsync(string modelId, ModelRequest request, CancellationToken cancellationToken) => CallAsync(
        modelId, request, static (wire, deployment, request, caller, attempt) => wire.OpenAsync(deployment, request, caller, attempt), cancellationToken);

    private async ValueTask<T> CallAsync<T>(string modelId, ModelRequest request, Attempt<T> attempt, CancellationToken cancellationToken)
        where T : ModelReply
    {
        var call = new Call<T>(request, attempt, time.GetTimestamp(), fleet.Resilience);
        var set = fleet.FindSet(modelId) ?? throw new InvalidOperationException($"There is no model '{modelId}'.");
        using var activity = ModelTelemetry.Start(set.Model.Id, request);
        try
        {
            var reply = await CallModelAsync(set, call, activity, cancellationToken);
            return reply;
        }
        catch (ModelCallException first) when (MayFallBack(first, request) && Left(call) > TimeSpan.Zero && FallbackOf(set) is { } other)
        {
            ModelLog.FallingBack(logger, set.Model.Id, other.Model.Id, first.Fault);
            try
            {
                var reply = await CallModelAsync(other, call, activity, cancellationToken);
                reply.FellBackFrom = first.Fault;
                return reply;
            }
            catch (ModelCallException second)
            {
                throw Sooner(first, second);
            }
        }
    }

    private async ValueTask<T> CallModelAsync<T>(DeploymentSet set, Call<T> call, Activity? activity, CancellationToken cancellationToken)
        where T : ModelReply
    {
        List<Deployment>? tried = null;
        for (var attempt = 0; ; attempt++)
        {
            var deployment = set.Pick(time.GetTimestamp(), tried ?? (IReadOnlyCollection<Deployment>)[]);
            try
            {
                var reply = await AttemptAsync(deployment, call, cancellationToken);
                (reply.Model, reply.Deployment) = (set.Model, deployment);
                deployment.ReportAnswer();
                ModelTelemetry.Answered(activity, set.Model.Id, call.Request, time.GetElapsedTime(call.Started));
                return reply;
            }
            catch (ModelCallException fault)
            {
                Note(deployment, fault);
                (tried ??= []).Add(deployment);
                if (await WaitAsync(set, tried, attempt, fault, call, cancellationToken))
                {
                    continue;
                }

                ModelLog.NoAnswer(logger, deployment.Name, fault.Fault, fault.Message);
                ModelTelemetry.Failed(activity, set.Model.Id, fault.Fault, call.Request, time.GetElapsedTime(call.Started));
                throw;
            }
        }
    }

    private async ValueTask<T> AttemptAsync<T>(Deployment deployment, Call<T> call, CancellationToken cancellationToken)
        where T : ModelReply
    {
        var left = Left(call);
        var patience = left < call.Options.AttemptTimeout ? left : call.Options.AttemptTimeout;
        if (patience <= TimeSpan.Zero)
        {
            throw new ModelCallException(ModelFault.TimedOut, "no answer in time");
        }

        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        bounded.CancelAfter(patience);
        try
        {
            return await deployment.Breaker.ExecuteAsync(
                static async (state, token) =>
                {
                    try
                    {
                        return await state.Call.Attempt(state.Wire, state.Deployment, state.Call.Request, state.Caller, token);
                    }
                    catch (OperationCanceledException exception) when (!state.Caller.IsCancellationRequested)
                    {
                        throw new ModelCallException(ModelFault.TimedOut, "no answer in time", exception);
                    }
                    catch (Exception exception) when (exception is not OperationCanceledException)
                    {
                        throw ModelFaults.Read(exception, answering: false);
                    }
                },
                (Call: call, Wire: wire, Deployment: deployment, Caller: cancellationToken),
                bounded.Token);
        }
        catch (Exception exception) when (exception is not (OperationCanceledException or ModelCallException))
        {
            // The breaker's own refusal.
            throw ModelFaults.Read(exception, answering: false);
        }
    }

    /// <summary>Whether another attempt at the model is to be made, after the wait that it needs.</summary>
    private async ValueTask<bool> WaitAsync<T>(
        DeploymentSet set, List<Deployment> tried, int attempt, ModelCallException fault, Call<T> call, CancellationToken cancellationToken)
        where T : ModelReply
    {
        // Another place may have what this one lacks: its key, the model, room.
        var now = time.GetTimestamp();
        if (fault.Fault is not ModelFault.Refused && set.All.Count > 1 && tried.Count < set.All.Count && set.HasOther(now, tried))
        {
            return Left(call) > TimeSpan.Zero;
        }

        if (!fault.IsTransient || attempt >= call.Options.Retries || fault.RetryAfter > call.Options.MaxRetryAfter)
        {
            return false;
        }

        var delay = fault.RetryAfter ?? BackOff(call.Options, attempt);
        if (time.GetElapsedTime(call.Started) + delay > call.Options.RetryPatience || delay >= Left(call))
        {
            return false;
        }

        tried.Clear();
        ModelTelemetry.Retry(set.Model.Id);
        ModelLog.Retrying(logger, attempt + 1, set.Model.Id, fault.Fault, fault.Message, delay.TotalMilliseconds);
        await Task.Delay(delay, time, cancellationToken);
        return true;
    }

    private void Note(Deployment deployment, ModelCallException fault)
    {
        ModelTelemetry.Fault(deployment.ModelId, fault.Fault);
        if (fault.Fault is ModelFault.Refused or ModelFault.CircuitOpen)
        {
            return;
        }

        if (fault.Fault is ModelFault.Overloaded && fault.RetryAfter is { } wait)
        {
            deployment.CoolUntil(time.GetTimestamp() + (long)(Math.Min(wait.TotalSeconds, 3600) * time.TimestampFrequency));
        }

        var isNew = deployment.Trouble?.Fault != fault.Fault;
        deployment.ReportFault(fault.Fault, fault.Message, time.GetUtcNow());
        if (isNew && ModelAdvice.For(deployment, fault.Fault) is { } advice)
        {
            ModelLog.Misconfigured(logger, deployment.Name, fault.Message, advice);
        }
    }

    private TimeSpan Left<T>(Call<T> call)
        where T : ModelReply => call.Options.TotalTimeout - time.GetElapsedTime(call.Started);

    private DeploymentSet? FallbackOf(DeploymentSet set) => set.Fallback is { } other ? fleet.FindSet(other) : null;

    // A refusal is about the request, and would be the other model's as well.
    private static bool MayFallBack(ModelCallException exception, ModelRequest request) =>
        request.MayFallBack && exception.Fault is not ModelFault.Refused;

    // Of two who are too busy the one who is free first says when to come back.
    private static ModelCallException Sooner(ModelCallException first, ModelCallException second) =>
        first.Fault == second.Fault && first.RetryAfter < second.RetryAfter ? first : second;

    private static TimeSpan BackOff(ModelResilienceOptions options, int attempt)
    {
        // Half to one and a half of the doubled delay, so that many who failed together don't come back together.
        var delay = options.RetryDelay * Math.Pow(2, attempt) * (0.5 + Random.Shared.NextDouble());
        return delay < options.MaxRetryAfter ? delay : options.MaxRetryAfter;
    }

    private delegate ValueTask<T> Attempt<T>(
        ModelWire wire, Deployment deployment, ModelRequest request, CancellationToken caller, CancellationToken attempt)
        where T : ModelReply;

    private sealed record Call<T>(ModelRequest Request, Attempt<T> Attempt, long Started, ModelResilienceOptions Options)
        where T : ModelReply;
}
