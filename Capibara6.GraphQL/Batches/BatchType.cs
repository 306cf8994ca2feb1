using Capibara6.Core.Jobs;
using Capibara6.GraphQLApi.Pages;
using Capibara6.GraphQLApi.Schema;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Batches;

internal sealed class BatchType : ObjectGraphType<BatchView>
{
    public BatchType()
    {
        Name = "Batch";
        Description = "A batch and how far it has come: total = pending + running + succeeded + failed + cancelled.";
        Interface<NodeType>();
        Field<NonNullGraphType<IdGraphType>>("id").Description("UUIDv7 of the batch.").Resolve(context => context.Source.Id);
        Field<NonNullGraphType<BatchStatusType>>("status").Description("Where it stands.").Resolve(context => context.Source.Status);
        Field<NonNullGraphType<BatchPriorityType>>("priority").Description("How soon workers take it.").Resolve(context => context.Source.Priority);
        AddCount("total", "Questions in all.", batch => batch.Total);
        AddCount("pending", "Questions that no worker has begun.", batch => batch.Pending);
        AddCount("running", "Questions that workers are at.", batch => batch.Running);
        AddCount("succeeded", "Questions that were answered.", batch => batch.Succeeded);
        AddCount("failed", "Questions that ended in an error.", batch => batch.Failed);
        AddCount("cancelled", "Questions that were cancelled before they had an outcome.", batch => batch.Cancelled);
        Field<NonNullGraphType<MomentType>>("createdAt")
            .Description("When it was accepted, in UTC.").Resolve(context => context.Source.CreatedAt);
        Field<MomentType>("startedAt")
            .Description("When a worker first began, in UTC; null before.").Resolve(context => context.Source.StartedAt);
        Field<MomentType>("deadline")
            .Description("When what has not begun is not begun any more, in UTC; null for never.").Resolve(context => context.Source.Deadline);
        Field<MomentType>("finishedAt")
            .Description("When its last question ended, in UTC; null before.").Resolve(context => context.Source.FinishedAt);
        Field<NonNullGraphType<ConnectionType<BatchItemResultType>>>("results")
            .Description("Recorded outcomes so far, in the order of the questions.")
            .Paged(BatchResults.DefaultPage, BatchResults.MaxPage)
            .Resolve(BatchResults.Read);
    }

    private void AddCount(string name, string description, Func<BatchView, int> count) =>
        Field<NonNullGraphType<IntGraphType>>(name).Description(description).Resolve(context => count(context.Source));
}
