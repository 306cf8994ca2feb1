using Capibara6.Core.Jobs;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Batches;

internal sealed class BatchStatusType : EnumerationGraphType<BatchStatus>
{
    public BatchStatusType()
    {
        Name = "BatchStatus";
        Description = "Where a batch stands.";
        Values.FindByValue(BatchStatus.Queued)!.Description = "No worker has begun it.";
        Values.FindByValue(BatchStatus.Running)!.Description = "Workers are at it.";
        Values.FindByValue(BatchStatus.Completed)!.Description = "Every question has ended, with an answer or an error.";
        Values.FindByValue(BatchStatus.Cancelled)!.Description = "It was cancelled, and what had begun has ended.";
    }
}

internal sealed class BatchPriorityType : EnumerationGraphType<BatchPriority>
{
    public BatchPriorityType()
    {
        Name = "BatchPriority";
        Description = "Workers take higher priorities first.";
        Values.FindByValue(BatchPriority.Low)!.Description = "When nothing else waits.";
        Values.FindByValue(BatchPriority.Medium)!.Description = "The usual.";
        Values.FindByValue(BatchPriority.High)!.Description = "Before all others.";
    }
}
