using System.Text;
using System.Text.Json;
using Capibara6.Core.Gateway;
using Capibara6.Core.Queries;

namespace Capibara6.Core.Jobs;

/// <summary>Answers jobs that are calls of OpenAI's protocol, through the same gateway as the calls over HTTP.</summary>
public interface IJobCalls
{
    /// <param name="endpoint">The path that is called.</param>
    /// <param name="request">Its query is the call's body.</param>
    Task<Outcome<JobAnswer>> AnswerAsync(string endpoint, QueryRequest request, CancellationToken cancellationToken);
}

/// <inheritdoc cref="IJobCalls"/>
internal sealed class JobCalls(IGateway gateway) : IJobCalls
{
    public async Task<Outcome<JobAnswer>> AnswerAsync(string endpoint, QueryRequest request, CancellationToken cancellationToken)
    {
        var route = FileBatchEndpoints.Find(endpoint)
            ?? throw new InvalidOperationException($"There is no endpoint {endpoint}: it was checked when the batch was accepted.");
        var call = new GatewayCall(route, Encoding.UTF8.GetBytes(request.Query), request.Caller) { Recorder = request.Recorder };
        switch (await gateway.AnswerAsync(call, cancellationToken))
        {
            case Outcome<GatewayReply>.Success { Value: var reply }:
                await using (reply)
                {
                    return Read(reply.Body);
                }

            case Outcome<GatewayReply>.Failed { Failure: var failure }:
                // What the model said itself helps more than what we say of it.
                return failure.Upstream is { Message.Length: > 0 } upstream ? failure with { Message = upstream.Message } : failure;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    /// <summary>On one line, as JSON Lines need it.</summary>
    private static Outcome<JobAnswer> Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return new JobAnswer(body.Span.ContainsAny((byte)'\n', (byte)'\r')
                ? JsonSerializer.Serialize(document.RootElement, JobJson.Default.JsonElement)
                : Encoding.UTF8.GetString(body.Span));
        }
        catch (JsonException)
        {
            return new Failure(FailureCodes.ModelUnavailable, FailureKind.Unavailable, "The model's answer is not JSON.");
        }
    }
}
