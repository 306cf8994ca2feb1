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

    public async ValueTask<Failure?> RunAsync(QueryContext query, CancellationToken cancellationToken)
    {
        try
        {
            var request = PromptBuilder.Build(query);
            await (query.Watcher is null ? AskAsync(query, request, cancellationToken) : StreamAsync(query, request, cancellationToken));
            return null;
        }
        catch (ModelCallException exception)
        {
            return ModelFailures.Of(exception, query.Text is not null);
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

        (query.Text, query.Usage, query.ModelUsed) = (text, answer.Facts.Usage ?? Estimate(request, text.Length), answer.Model.Id);
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
            query.Text ??= "";
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

        (query.Text, query.ModelUsed) = (text.ToString(), stream.Model.Id);
        query.Usage = stream.Facts.Usage ?? Estimate(request, text.Length);
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
