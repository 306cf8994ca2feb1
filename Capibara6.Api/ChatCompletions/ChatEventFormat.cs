using Capibara6.Api.Json;
using Capibara6.Api.Streaming;
using Capibara6.Core;
using Capibara6.Core.Queries;

namespace Capibara6.Api.ChatCompletions;

/// <summary>An answer as the chunks of one completion: who speaks, pieces of text, why it ended, on request what it cost, [DONE].</summary>
internal sealed class ChatEventFormat(Guid id, DateTimeOffset created, ChatBody request) : IEventFormat<QueryEvent>
{
    private string _model = request.Model;
    private bool _begun;
    private bool _anyText;

    public void Write(EventWriter writer, QueryEvent item, HttpContext context)
    {
        switch (item)
        {
            case QueryEvent.Routed routed:
                _model = routed.Routing.SelectedModel;
                break;
            case QueryEvent.Token token:
                Begin(writer);
                _anyText = true;
                WriteChunk(writer, new ChatChunkChoice { Delta = new ChatDelta { Content = token.Text } });
                break;
            case QueryEvent.Done done:
                WriteEnd(writer, done.Result);
                break;
            case QueryEvent.Failed failed:
                WriteFailure(writer, failed.Failure, context);
                break;
        }
    }

    // No [DONE]: clients raise the error, and none takes the stream for complete.
    public void WriteFailure(EventWriter writer, Failure failure, HttpContext context) =>
        writer.Write(null, ChatErrorResponse.From(failure), ApiJson.Info<ChatErrorResponse>());

    private void Begin(EventWriter writer)
    {
        if (!_begun)
        {
            _begun = true;
            WriteChunk(writer, new ChatChunkChoice { Delta = new ChatDelta { Role = "assistant", Content = "" } });
        }
    }

    private void WriteEnd(EventWriter writer, QueryResult result)
    {
        Begin(writer);
        if (!_anyText && result.Result.Length > 0)
        {
            WriteChunk(writer, new ChatChunkChoice { Delta = new ChatDelta { Content = result.Result } });
        }

        var reason = result.FinishReason(request.MaxCompletionTokens ?? request.MaxTokens);
        WriteChunk(writer, new ChatChunkChoice { Delta = new ChatDelta(), FinishReason = reason });
        if (request.StreamOptions?.IncludeUsage == true)
        {
            Write(writer, [], result.ToUsage());
        }

        writer.Raw("data: [DONE]\n\n"u8);
    }

    private void WriteChunk(EventWriter writer, ChatChunkChoice choice) => Write(writer, [choice], null);

    private void Write(EventWriter writer, IReadOnlyList<ChatChunkChoice> choices, ChatUsage? usage)
    {
        var chunk = new ChatChunk
        {
            Id = ChatMapping.CompletionId(id),
            Created = created.ToUnixTimeSeconds(),
            Model = _model,
            Choices = choices,
            Usage = usage,
        };
        writer.Write(null, chunk, ApiJson.Info<ChatChunk>());
    }
}
