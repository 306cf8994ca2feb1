using Capibara6.Core.Jobs;
using Capibara6.GraphQLApi.Schema;
using GraphQL.MicrosoftDI;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Batches;

internal sealed class BatchType : ObjectGraphType<BatchView>
{
    public BatchType()
    {
        Name = "Batch";
        Description = "A batch and how far it has come: total = pending + running + succeeded + failed + cancelled.";
        Field<NonNullGraphType<IdGraphType>>("id").Description("UUIDv7 of the batch.").Resolve(context => context.Source.Id);
        Field<NonNullGraphType<BatchStatusType>>("status").Resolve(context => context.Source.Status);
        Field<NonNullGraphType<BatchPriorityType>>("priority").Resolve(context => context.Source.Priority);
        AddCount("total", "Questions in all.", batch => batch.Total);
        AddCount("pending", "Questions that no worker has begun.", batch => batch.Pending);
        AddCount("running", "Questions that workers are at.", batch => batch.Running);
        AddCount("succeeded", "Questions that were answered.", batch => batch.Succeeded);
        AddCount("failed", "Questions that ended in an error.", batch => batch.Failed);
        AddCount("cancelled", "Questions that were cancelled before they began.", batch => batch.Cancelled);
        Field<NonNullGraphType<DateTimeOffsetGraphType>>("createdAt")
            .Description("When it was accepted, in UTC.").Resolve(context => context.Source.CreatedAt);
        Field<DateTimeOffsetGraphType>("startedAt")
            .Description("When a worker first began, in UTC; null before.").Resolve(context => context.Source.StartedAt);
        Field<DateTimeOffsetGraphType>("finishedAt")
            .Description("When its last question ended, in UTC; null before.").Resolve(context => context.Source.FinishedAt);
        Field<NonNullGraphType<ListGraphType<NonNullGraphType<BatchItemResultType>>>>("results")
            .Description("Recorded outcomes so far, in the order of the questions.")
            .Argument<IntGraphType>("first", $"How many, 1 to {BatchResults.MaxPage}; {BatchResults.DefaultPage} when left out.")
            .Argument<IntGraphType>("skip", "How many to pass over; 0 when left out.")
            .WithPageCost("first", BatchResults.DefaultPage)
            .Resolve()
            .WithScope()
            .WithService<IBatches>()
            .ResolveAsync(BatchResults.ReadAsync);
    }

    private void AddCount(string name, string description, Func<BatchView, int> count) =>
        Field<NonNullGraphType<IntGraphType>>(name).Description(description).Resolve(context => count(context.Source));
}

internal sealed class BatchStatusType : EnumerationGraphType<BatchStatus>
{
    public BatchStatusType()
    {
        Name = "BatchStatus";
        Description = "Where a batch stands.";
    }
}

internal sealed class BatchPriorityType : EnumerationGraphType<BatchPriority>
{
    public BatchPriorityType()
    {
        Name = "BatchPriority";
        Description = "Workers take higher priorities first.";
    }
}
