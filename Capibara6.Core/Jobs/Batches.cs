using Capibara6.Core.Data;
using Capibara6.Core.Identity;
using Capibara6.Core.ModelClients;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Jobs;

/// <inheritdoc cref="IBatches"/>
internal sealed class Batches(
    BatchWriter writer, BatchReader reader, BatchCanceller canceller, DatabaseGuard database, IModelCatalog catalog, IJobSignal signal,
    IOptions<WebhookOptions> webhooks, TimeProvider time) : IBatches
{
    private const int MaxPage = 100;

    // The largest batch is some 200 MB of text.
    private static readonly TimeSpan s_storePatience = TimeSpan.FromMinutes(2);

    private static readonly Failure s_keyTaken = new(
        FailureCodes.Conflict, FailureKind.Conflict, "Another batch was filed under this idempotency key; use a new key for a new batch.");
    private const int MaxResultPage = 1_000;

    private static readonly Failure s_notFound = new(FailureCodes.BatchNotFound, FailureKind.NotFound, "There is no such batch.") { Field = "id" };

    public async Task<Outcome<BatchView>> AcceptAsync(BatchRequest request, CancellationToken cancellationToken)
    {
        if ((request.Webhook?.Check(webhooks.Value) ?? BatchRules.Check(request, catalog, time.GetUtcNow())) is { } failure)
        {
            return failure;
        }

        using var activity = JobTelemetry.Source.StartActivity("batch accept");
        activity?.SetTag("capibara6.batch.size", request.Items.Count);
        var outcome = await database.RunAsync(
            async token =>
            {
                return await writer.StoreAsync(request, token) is { } id ? await FindStoredAsync(id, request.Caller, token) : s_keyTaken;
            },
            cancellationToken,
            s_storePatience);
        if (outcome is Outcome<BatchView>.Success)
        {
            await signal.NotifyAsync(cancellationToken);
        }

        return outcome;
    }

    public Task<Outcome<BatchView>> FindAsync(Guid id, Caller caller, CancellationToken cancellationToken) =>
        database.RunAsync(token => FindStoredAsync(id, caller, token), cancellationToken);

    public async Task<Outcome<IReadOnlyList<BatchView>>> ListAsync(Caller caller, Guid? before, int limit, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > MaxPage)
        {
            return new Failure(FailureCodes.InvalidRequest, FailureKind.Invalid, $"The limit must be 1 to {MaxPage}.") { Field = "limit" };
        }

        return await database.RunAsync<IReadOnlyList<BatchView>>(
            async token => new Outcome<IReadOnlyList<BatchView>>.Success(await reader.ListAsync(caller, before, limit, token)), cancellationToken);
    }

    public Task<Outcome<BatchView>> CancelAsync(Guid id, Caller caller, CancellationToken cancellationToken) => database.RunAsync(
        async token => await canceller.CancelAsync(id, caller.IsAdmin ? null : caller.AccountId, ofFile: false, token) switch
        {
            CancelResult.Cancelled => await FindStoredAsync(id, caller, token),
            CancelResult.HasEnded => new Failure(FailureCodes.BatchFinished, FailureKind.Conflict, "The batch has ended; nothing is left to cancel."),
            _ => s_notFound,
        },
        cancellationToken);

    public Task<Outcome<IAsyncEnumerable<BatchItemResult>>> ReadResultsAsync(
        Guid id, Caller caller, CancellationToken cancellationToken, int after = -1, int? limit = null) =>
        database.RunAsync<IAsyncEnumerable<BatchItemResult>>(
            async token => await reader.FindAsync(id, caller, token) is null
                ? s_notFound
                : new Outcome<IAsyncEnumerable<BatchItemResult>>.Success(reader.ReadResultsAsync(id, after, limit, cancellationToken)),
            cancellationToken);

    public async Task<Outcome<ILookup<Guid, BatchItemResult>>> ReadResultPagesAsync(
        IReadOnlyCollection<Guid> ids, Caller caller, int after, int limit, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > MaxResultPage)
        {
            return new Failure(FailureCodes.InvalidRequest, FailureKind.Invalid, $"The limit must be 1 to {MaxResultPage}.") { Field = "limit" };
        }

        return await database.RunAsync<ILookup<Guid, BatchItemResult>>(
            async token => new Outcome<ILookup<Guid, BatchItemResult>>.Success(await reader.ReadPagesAsync(ids, caller, after, limit, token)), cancellationToken);
    }

    private async Task<Outcome<BatchView>> FindStoredAsync(Guid id, Caller caller, CancellationToken cancellationToken) =>
        await reader.FindAsync(id, caller, cancellationToken) is { } batch ? batch : s_notFound;
}
