using Capibara6.Core;
using Capibara6.Core.Identity;
using Capibara6.Core.Jobs;
using Capibara6.GraphQLApi.Errors;
using Capibara6.GraphQLApi.Schema;

namespace Capibara6.GraphQLApi.Batches;

internal sealed class BatchNodes(IBatches batches) : INodeSource
{
    public async Task<object?> FindAsync(string id, Caller caller, CancellationToken cancellationToken)
    {
        if (!Guid.TryParseExact(id, "D", out var batch))
        {
            return null;
        }

        var outcome = await batches.FindAsync(batch, caller, cancellationToken);
        return outcome is Outcome<BatchView>.Failed { Failure.Code: FailureCodes.BatchNotFound } ? null : outcome.ValueOrError();
    }
}
