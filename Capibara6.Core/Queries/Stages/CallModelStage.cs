using System.Text;
using Capibara6.Core.ModelClients;

namespace Capibara6.Core.Queries.Stages;

/// <summary>
/// Asks the chosen model, or whoever answers in its place. A streamed answer that has begun is never begun again by another
/// model: who watches would get two answers in one.
/// </summary>
internal sealed class CallModelStage(ModelCalls calls, IModelCatalog catalog) : IQueryStage
{
    // Far above the largest bound on tokens; an endpoint that doesn't stop is not kept in memory.
    private const int MaxTextLength = 4 * 1024 * 1024;

    // What a whole answer is charged by that brings no count. About four characters make a token in English text.
    private const int CharactersPerToken = 4;

    public string Name => "call-model";

    public async ValueTask<Failure?> RunAsync(QueryContext query, QueryWay within, CancellationToken cancellationToken)
    {
        try
        {
            (query.HasBegun, query.IsCut) = (false, false);
            var request = RequestOf(query);
            await (query.Watcher is null ? AskAsync(query, request, cancellationToken) : StreamAsync(query, request, cancellationToken));
            return null;
        }
        catch (ModelCallException exception)
        {
            return ModelFailures.Of(exception, query.HasBegun);
        }
    }

    private async ValueTask AskAsync(QueryContext query, ModelRequest request, CancellationToken cancellationToken)
    {
        using var answer = await calls.AskAsync(query.Routing!.SelectedModel, request, cancellationToken);
        NoteFallback(query, answer);
        var text = ChatText.OfMessage(answer.Body.Span);
        if (text.Length == 0)
        {
            throw new ModelCallException(ModelFault.Garbage, "the answer holds no text");
        }

        Take(query, request, answer.Model, answer.Facts, text);
    }

    private async ValueTask StreamAsync(QueryContext query, ModelRequest request, CancellationToken cancellationToken)
    {
        await using var stream = await calls.OpenAsync(query.Routing!.SelectedModel, request, cancellationToken);
        NoteFallback(query, stream);
        var text = new StringBuilder();
        while (await stream.ReadAsync())
        {
            if (stream.Facts.HasError)
            {
                throw new ModelCallException(ModelFault.CutShort, "the answer ended in an error");
            }

            // From here on there is an answer, even if its end should be missing.
            query.HasBegun = true;
            if (ChatText.OfDelta(stream.Data.Span) is not { Length: > 0 } piece)
            {
                continue;
            }

            text.Append(piece);
            query.StreamedLength += piece.Length;
            if (text.Length > MaxTextLength)
            {
                throw new ModelCallException(ModelFault.Garbage, "the answer does not stop");
            }

            await query.EmitAsync(new QueryEvent.Token(piece), cancellationToken);
        }

        Take(query, request, stream.Model, stream.Facts, text.ToString());
    }

    private static ModelRequest RequestOf(QueryContext query)
    {
        var request = query.Request;
        var stream = query.Watcher is not null;
        var body = new PromptBody(query.Prompt!.Messages, request.MaxTokens ?? query.BudgetedTokens, request.Temperature, stream);
        return new ModelRequest(ModelRequest.ChatPath, body) { Stream = stream, MustHaveText = true };
    }

    private static void Take(QueryContext query, ModelRequest request, ModelDescription model, in AnswerFacts facts, string text)
    {
        (query.Text, query.ModelUsed) = (text, model.Id);
        query.IsCut = facts.Finish is not (null or "stop");
        var usage = facts.Usage ?? Estimate(request, text.Length);
        query.Charge(usage, model.CostOf(usage));
    }

    private void NoteFallback(QueryContext query, ModelReply reply)
    {
        if (reply.FellBackFrom is not { } fault)
        {
            return;
        }

        QueryTelemetry.FellBack(query.Routing!.SelectedModel, fault);
        query.FellBack = true;
        var chosen = catalog.Find(query.Routing.SelectedModel)!;
        query.Routing = query.Routing with
        {
            Reasoning = $"{query.Routing.Reasoning} {chosen.Name} gave no answer ({ModelFailures.Describe(fault)}), so {reply.Model.Name} was asked.",
        };
    }

    private static TokenUsage Estimate(ModelRequest request, int answerLength) => new(
        (request.Body.PromptLength + CharactersPerToken - 1) / CharactersPerToken, (answerLength + CharactersPerToken - 1) / CharactersPerToken);
}
