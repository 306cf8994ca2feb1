using Capibara6.Api.Errors;
using Capibara6.Api.Json;
using Capibara6.Api.Streaming;
using Capibara6.Core;
using Capibara6.Core.Queries;

namespace Capibara6.Api.Queries;

/// <summary>The events of an answer under their names.</summary>
internal sealed class QueryEventFormat : IEventFormat<QueryEvent>
{
    public void Write(EventWriter writer, QueryEvent item, HttpContext context)
    {
        switch (item)
        {
            case QueryEvent.Routed routed:
                writer.Write("routing", routed.Routing.ToBody(), ApiJson.Info<RoutingView>());
                break;
            case QueryEvent.Enriched enriched:
                writer.Write("context", enriched.Ace.ToBody(), ApiJson.Info<AceView>());
                break;
            case QueryEvent.Token token:
                writer.Write("token", new TokenView(token.Text), ApiJson.Info<TokenView>());
                break;
            case QueryEvent.Executed executed:
                writer.Write("execution", executed.Execution.ToBody(), ApiJson.Info<E2bView>());
                break;
            case QueryEvent.Done done:
                writer.Write("done", done.Result.ToResponse(), ApiJson.Info<QueryResponse>());
                break;
            case QueryEvent.Failed failed:
                WriteFailure(writer, failed.Failure, context);
                break;
        }
    }

    public void WriteFailure(EventWriter writer, Failure failure, HttpContext context) =>
        writer.Write("error", Problem.From(failure, context), ApiJson.Info<Problem>());
}
