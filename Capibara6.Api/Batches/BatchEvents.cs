using System.Runtime.CompilerServices;
using Capibara6.Api.Errors;
using Capibara6.Api.Json;
using Capibara6.Api.Streaming;
using Capibara6.Core;
using Capibara6.Core.Identity;
using Capibara6.Core.Jobs;

namespace Capibara6.Api.Batches;

/// <summary>How a batch comes along, told whenever it has, until it ends.</summary>
internal sealed class BatchEvents : IEventFormat<Outcome<BatchView>>
{
    // One indexed row is read each time; what people watch needs no more.
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    public static async IAsyncEnumerable<Outcome<BatchView>> WatchAsync(
        BatchView batch, IBatches batches, Caller caller, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return batch;
        while (!HasEnded(batch))
        {
            await Task.Delay(s_interval, time, cancellationToken);
            var outcome = await batches.FindAsync(batch.Id, caller, cancellationToken);
            if (outcome is Outcome<BatchView>.Success { Value: var now })
            {
                if (now != batch)
                {
                    batch = now;
                    yield return batch;
                }

                continue;
            }

            yield return outcome;
            yield break;
        }
    }

    public void Write(EventWriter writer, Outcome<BatchView> item, HttpContext context)
    {
        switch (item)
        {
            case Outcome<BatchView>.Success { Value: var batch }:
                writer.Write(HasEnded(batch) ? "done" : "progress", batch.ToResponse(), ApiJson.Info<BatchResponse>());
                break;
            case Outcome<BatchView>.Failed { Failure: var failure }:
                WriteFailure(writer, failure, context);
                break;
        }
    }

    public void WriteFailure(EventWriter writer, Failure failure, HttpContext context) =>
        writer.Write("error", Problem.From(failure, context), ApiJson.Info<Problem>());

    private static bool HasEnded(BatchView batch) => batch.Status is BatchStatus.Completed or BatchStatus.Cancelled;
}
