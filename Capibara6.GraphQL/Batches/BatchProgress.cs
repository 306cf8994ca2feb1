using System.Runtime.CompilerServices;
using Capibara6.Core.Identity;
using Capibara6.Core.Jobs;
using Capibara6.GraphQLApi.Access;
using Capibara6.GraphQLApi.Errors;
using Capibara6.GraphQLApi.Subscriptions;
using GraphQL;
using GraphQL.Types;
using Microsoft.Extensions.Options;

namespace Capibara6.GraphQLApi.Batches;

/// <summary>
/// How a batch comes along, told whenever it has, until it ends. The database knows, whichever replica is asked; when to look at it is told
/// through Redis, and without it a look now and then will do.
/// </summary>
internal static class BatchProgress
{
    // Workers end many jobs in a moment; who watches needs no more than this.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    public static void AddBatchProgress(this ObjectGraphType subscription) =>
        subscription.Field<NonNullGraphType<BatchType>>("batchProgress")
            .Description("Your batch of that id (an administrator's: any), now and whenever it has come further, until it ends.")
            .RequirePermission(Permissions.Read)
            .Argument<NonNullGraphType<IdGraphType>>("id", "Id of the batch.")
            .ResolveStreamAsync(OpenAsync);

    private static async Task<IObservable<object?>> OpenAsync(IResolveFieldContext context)
    {
        var services = context.RequestServices!;
        var (batches, caller) = (services.GetRequiredService<IBatches>(), context.Caller());
        var batch = (await batches.FindAsync(BatchFields.ReadId(context, "id"), caller, context.CancellationToken)).ValueOrError();
        var interval = services.GetRequiredService<IOptions<SubscriptionOptions>>().Value.BatchInterval;
        var (news, time) = (services.GetRequiredService<IBatchNews>(), services.GetRequiredService<TimeProvider>());
        return new EventSource(token => WatchAsync(batch, batches, caller, news, interval, time, token), StreamWindow.Of(context));
    }

    private static async IAsyncEnumerable<object> WatchAsync(
        BatchView batch, IBatches batches, Caller caller, IBatchNews news, TimeSpan interval, TimeProvider time,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return batch;
        using var watch = news.Watch(batch.Id);
        while (batch.Status is not (BatchStatus.Completed or BatchStatus.Cancelled))
        {
            var now = (await batches.FindAsync(batch.Id, caller, cancellationToken)).ValueOrError();
            if (now != batch)
            {
                batch = now;
                yield return batch;
                await Task.Delay(s_pause, time, cancellationToken);
            }
            else
            {
                await watch.WaitAsync(interval, cancellationToken);
            }
        }
    }
}
