using Capibara6.Core.ModelClients;
using Microsoft.Extensions.Logging;

namespace Capibara6.Core.Queries.Stages;

/// <summary>
/// Asks the chosen model, and the other one when it can't answer. A streamed answer that has begun is never begun again by
/// another model: who watches would get two answers in one.
/// </summary>
internal sealed class CallModelStage(IModelClients models, ILogger<CallModelStage> logger) : IQueryStage
{
    public string Name => "call-model";

    public async ValueTask<Failure?> RunAsync(QueryContext query, CancellationToken cancellationToken)
    {
        var prompt = PromptBuilder.Build(query);
        var chosen = models.Get(query.Routing!.SelectedModel);
        try
        {
            await AskAsync(query, chosen, prompt, cancellationToken);
            return null;
        }
        catch (ModelCallException exception) when (query.Text is null && MayFallBack(exception) && models.FallbackFor(chosen.Model.Id) is not null)
        {
            return await FallBackAsync(query, chosen, prompt, exception, cancellationToken);
        }
        catch (ModelCallException exception)
        {
            return ModelFailures.Of(exception, query.Text is not null);
        }
    }

    // A refusal is about the request, and would be the other model's as well.
    private static bool MayFallBack(ModelCallException exception) => exception.Fault is not ModelFault.Refused;

    private async ValueTask<Failure?> FallBackAsync(
        QueryContext query, IModelClient chosen, ModelPrompt prompt, ModelCallException first, CancellationToken cancellationToken)
    {
        var other = models.FallbackFor(chosen.Model.Id)!;
        QueryLog.FallingBack(logger, chosen.Model.Id, other.Model.Id, first.Fault);
        QueryTelemetry.FellBack(chosen.Model.Id, first.Fault);
        query.FellBack = true;
        query.Routing = query.Routing! with
        {
            Reasoning = $"{query.Routing.Reasoning} {chosen.Model.Name} gave no answer ({ModelFailures.Describe(first.Fault)}), so {other.Model.Name} was asked.",
        };
        try
        {
            await AskAsync(query, other, prompt, cancellationToken);
            return null;
        }
        catch (ModelCallException second)
        {
            return ModelFailures.Of(second, query.Text is not null);
        }
    }

    private static async ValueTask AskAsync(QueryContext query, IModelClient client, ModelPrompt prompt, CancellationToken cancellationToken)
    {
        if (query.Watcher is null)
        {
            var answer = await client.AskAsync(prompt, cancellationToken);
            (query.Text, query.Usage, query.ModelUsed) = (answer.Text, answer.Usage, client.Model.Id);
            return;
        }

        var text = new System.Text.StringBuilder();
        await foreach (var piece in client.StreamAsync(prompt, cancellationToken))
        {
            if (piece.Usage is { } usage)
            {
                query.Usage = usage;
                break;
            }

            // From here on there is an answer, even if its end should be missing.
            query.Text ??= "";
            text.Append(piece.Text);
            query.StreamedLength += piece.Text.Length;
            await query.EmitAsync(new QueryEvent.Token(piece.Text), cancellationToken);
        }

        (query.Text, query.ModelUsed) = (text.ToString(), client.Model.Id);
    }
}
