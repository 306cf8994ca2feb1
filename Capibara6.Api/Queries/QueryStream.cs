using Capibara6.Api.Errors;
using Capibara6.Api.Streaming;
using Capibara6.Core.Queries;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Capibara6.Api.Queries;

/// <summary>Opens the stream of an answer only when the model has begun to answer.</summary>
internal static class QueryStream
{
    /// <summary>
    /// Holds back routing and context until the model's first sign of life: a status can't be taken back once it is
    /// sent, and a 200 in front of a model that is down would hide the failure from every client that looks at statuses.
    /// </summary>
    public static async Task<Results<EventStreamResult<QueryEvent>, FailureResult>> OpenAsync(
        IAsyncEnumerable<QueryEvent> events, IEventFormat<QueryEvent> format, CancellationToken cancellationToken)
    {
        var enumerator = events.GetAsyncEnumerator(cancellationToken);
        var opened = false;
        try
        {
            List<QueryEvent> head = [];
            while (await enumerator.MoveNextAsync())
            {
                if (enumerator.Current is QueryEvent.Failed failed)
                {
                    return new FailureResult(failed.Failure);
                }

                head.Add(enumerator.Current);
                if (enumerator.Current is not (QueryEvent.Routed or QueryEvent.Enriched))
                {
                    break;
                }
            }

            opened = true;
            return new EventStreamResult<QueryEvent>(head, enumerator, format);
        }
        finally
        {
            if (!opened)
            {
                await enumerator.DisposeAsync();
            }
        }
    }
}
