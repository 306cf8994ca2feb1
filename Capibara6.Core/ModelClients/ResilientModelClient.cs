using System.Runtime.CompilerServices;
using Microsoft.Extensions.AI;
using Microsoft.Extensions.Logging;
using Polly;

namespace Capibara6.Core.ModelClients;

/// <inheritdoc cref="IModelClient"/>
internal sealed class ResilientModelClient(
    ModelDescription model,
    IChatClient chat,
    ModelResilienceOptions options,
    TimeProvider time,
    ILogger<ResilientModelClient> logger) : IModelClient
{
    private readonly ResiliencePipeline _resilience = ModelResilience.Build(model.Id, options, time, logger);

    public ModelDescription Model => model;

    public async Task<ModelAnswer> AskAsync(ModelPrompt prompt, CancellationToken cancellationToken)
    {
        try
        {
            return await _resilience.ExecuteAsync(
                static (state, token) => state.Client.AttemptAsync(state.Prompt, token), (Client: this, Prompt: prompt), cancellationToken);
        }
        catch (Exception exception) when (!CallerLeft(exception, cancellationToken))
        {
            throw GaveUp(exception);
        }
    }

    public async IAsyncEnumerable<ModelPiece> StreamAsync(ModelPrompt prompt, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var stream = await OpenAsync(prompt, cancellationToken);
        do
        {
            yield return new ModelPiece(stream.Text, null);
        }
        while (await AdvanceAsync(stream, cancellationToken));

        yield return new ModelPiece("", stream.Usage ?? Estimate(prompt, stream.TextLength));
    }

    private async ValueTask<ModelAnswer> AttemptAsync(ModelPrompt prompt, CancellationToken cancellationToken)
    {
        try
        {
            var response = await chat.GetResponseAsync(prompt.Messages, ModelAnswers.Options(prompt), cancellationToken);
            var text = ModelAnswers.Check(response.Text, response.FinishReason);
            return new ModelAnswer(text, ModelAnswers.Count(response.Usage) ?? Estimate(prompt, text.Length));
        }
        catch (Exception exception) when (!CallerLeft(exception, cancellationToken))
        {
            throw Failed(exception, answering: false);
        }
    }

    private async ValueTask<ModelStream> OpenAsync(ModelPrompt prompt, CancellationToken cancellationToken)
    {
        try
        {
            return await _resilience.ExecuteAsync(
                static (state, token) => state.Client.AttemptStreamAsync(state.Prompt, state.Caller, token),
                (Client: this, Prompt: prompt, Caller: cancellationToken),
                cancellationToken);
        }
        catch (Exception exception) when (!CallerLeft(exception, cancellationToken))
        {
            throw GaveUp(exception);
        }
    }

    private async ValueTask<ModelStream> AttemptStreamAsync(ModelPrompt prompt, CancellationToken caller, CancellationToken attempt)
    {
        try
        {
            return await ModelStream.OpenAsync(chat, prompt, options.StreamIdleTimeout, time, caller, attempt);
        }
        catch (Exception exception) when (!CallerLeft(exception, attempt))
        {
            throw Failed(exception, answering: false);
        }
    }

    private async ValueTask<bool> AdvanceAsync(ModelStream stream, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.AdvanceAsync();
        }
        catch (Exception exception) when (!CallerLeft(exception, cancellationToken))
        {
            throw GaveUp(Failed(exception, answering: true));
        }
    }

    private static bool CallerLeft(Exception exception, CancellationToken cancellationToken) =>
        exception is OperationCanceledException && cancellationToken.IsCancellationRequested;

    private ModelCallException Failed(Exception exception, bool answering)
    {
        var fault = ModelFaults.Read(exception, answering, time);
        ModelTelemetry.Fault(model.Id, fault.Fault);
        return fault;
    }

    private ModelCallException GaveUp(Exception exception)
    {
        var fault = ModelFaults.Read(exception, answering: false, time);
        if (fault.Fault is ModelFault.TimedOut or ModelFault.CircuitOpen && !ReferenceEquals(fault, exception))
        {
            ModelTelemetry.Fault(model.Id, fault.Fault);
        }

        ModelLog.NoAnswer(logger, model.Id, fault.Fault, fault.Message);
        return fault;
    }

    // Some servers of the protocol count nothing. About four characters make a token in English text.
    private TokenUsage Estimate(ModelPrompt prompt, int answerLength)
    {
        ModelLog.UsageMissing(logger, model.Id);
        var promptLength = prompt.Messages.Sum(message => message.Text.Length);
        return new TokenUsage((promptLength + 3) / 4, (answerLength + 3) / 4);
    }
}
