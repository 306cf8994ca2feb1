using System.Text.Json.Nodes;
using Capibara6.ModelEmulator.Chat;
using Capibara6.ModelEmulator.Faults;

namespace Capibara6.ModelEmulator.Responses;

/// <summary>An answer as the events of the Responses API.</summary>
internal sealed class ResponseStream(EventSender events, Exchange exchange, TimeProvider time)
{
    private int _number;

    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        events.Begin();
        var calls = exchange.Answer.Tool is not null;
        var cutAfter = exchange.Behavior.Fault is { Kind: FaultKind.CutStream } cut ? cut.AfterTokens : int.MaxValue;
        await SendAsync("response.created", new() { ["response"] = ResponseShapes.Response(exchange, "in_progress", null) }, cancellationToken);
        await SendAsync("response.in_progress", new() { ["response"] = ResponseShapes.Response(exchange, "in_progress", null) }, cancellationToken);
        await SendAsync(
            "response.output_item.added", new() { ["output_index"] = 0, ["item"] = ResponseShapes.Item(exchange, done: false) }, cancellationToken);
        if (!calls)
        {
            await SendPieceAsync("response.content_part.added", "part", ResponseShapes.Part(""), cancellationToken);
        }

        for (var token = 0; token < exchange.Answer.Tokens.Count; token++)
        {
            if (token == cutAfter)
            {
                await events.CutAsync(cancellationToken);
                return;
            }

            if (await exchange.WaitForTokenAsync(token, time, cancellationToken))
            {
                await events.FlushAsync(cancellationToken);
            }

            await SendPieceAsync(
                calls ? "response.function_call_arguments.delta" : "response.output_text.delta", "delta", exchange.Answer.Tokens[token], cancellationToken);
        }

        await EndAsync(calls, cancellationToken);
    }

    private async Task EndAsync(bool calls, CancellationToken cancellationToken)
    {
        if (calls)
        {
            await SendPieceAsync("response.function_call_arguments.done", "arguments", exchange.Answer.Text, cancellationToken);
        }
        else
        {
            await SendPieceAsync("response.output_text.done", "text", exchange.Answer.Text, cancellationToken);
            await SendPieceAsync("response.content_part.done", "part", ResponseShapes.Part(exchange.Answer.Text), cancellationToken);
        }

        await SendAsync(
            "response.output_item.done", new() { ["output_index"] = 0, ["item"] = ResponseShapes.Item(exchange, done: true) }, cancellationToken);
        var last = exchange.Answer.FinishReason == "length" ? "response.incomplete" : "response.completed";
        await SendAsync(
            last, new() { ["response"] = ResponseShapes.Response(exchange, "completed", ResponseShapes.Item(exchange, done: true)) }, cancellationToken);
    }

    private Task SendPieceAsync(string name, string field, JsonNode value, CancellationToken cancellationToken) => SendAsync(
        name,
        new() { ["item_id"] = ResponseShapes.ItemId(exchange), ["output_index"] = 0, ["content_index"] = 0, [field] = value },
        cancellationToken);

    private Task SendAsync(string name, JsonObject data, CancellationToken cancellationToken)
    {
        var whole = new JsonObject { ["type"] = name, ["sequence_number"] = _number++ };
        foreach (var (field, value) in data.ToArray())
        {
            data.Remove(field);
            whole[field] = value;
        }

        return events.SendAsync(name, whole, EmulatorJsonContext.Default.JsonObject, cancellationToken);
    }
}
