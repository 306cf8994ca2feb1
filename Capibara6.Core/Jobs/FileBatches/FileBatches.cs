using System.Globalization;
using Capibara6.Core.Data;
using Capibara6.Core.Files;
using Capibara6.Core.Identity;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Jobs;

/// <inheritdoc cref="IFileBatches"/>
internal sealed class FileBatches(
    FileBatchWriter writer, FileBatchReader reader, BatchCanceller canceller, IFiles files, DatabaseGuard database, IJobSignal signal,
    IOptions<StoredFileOptions> options) : IFileBatches
{
    private const int MaxPage = 101;
    private const int MaxWindowHours = 168;
    private const int MaxMetadata = 16;
    private const int MaxMetadataName = 64;
    private const int MaxMetadataText = 512;

    private static readonly TimeSpan s_storePatience = TimeSpan.FromMinutes(2);

    private static readonly Failure s_keyTaken = new(
        FailureCodes.Conflict, FailureKind.Conflict, "Another batch was filed under this idempotency key; use a new key for a new batch.");

    private static readonly Failure s_notFound = new(FailureCodes.BatchNotFound, FailureKind.NotFound, "There is no such batch.") { Field = "id" };

    public async Task<Outcome<FileBatchView>> CreateAsync(FileBatchRequest request, CancellationToken cancellationToken)
    {
        if (Check(request) is { } failure)
        {
            return failure;
        }

        if (WindowOf(request.CompletionWindow) is not { } window)
        {
            return Wrong("completion_window", $"'completion_window' must be hours, from 1h to {MaxWindowHours}h, such as 24h.");
        }

        if (await files.FindAsync(request.InputFileId, request.Caller, cancellationToken) is Outcome<FileView>.Failed { Failure: var missing })
        {
            return missing with { Field = "input_file_id" };
        }

        using var activity = JobTelemetry.Source.StartActivity("batch accept");
        var outcome = await database.RunAsync(
            async token => await writer.StoreAsync(request, window, token) is { } id ? await FindStoredAsync(id, request.Caller, token) : s_keyTaken,
            cancellationToken,
            s_storePatience);
        if (outcome is Outcome<FileBatchView>.Success { Value.Status: FileBatchStatus.InProgress })
        {
            await signal.NotifyAsync(cancellationToken);
        }

        return outcome;
    }

    public Task<Outcome<FileBatchView>> FindAsync(Guid id, Caller caller, CancellationToken cancellationToken) =>
        database.RunAsync(token => FindStoredAsync(id, caller, token), cancellationToken);

    public async Task<Outcome<IReadOnlyList<FileBatchView>>> ListAsync(Caller caller, Guid? after, int limit, CancellationToken cancellationToken) =>
        limit is < 1 or > MaxPage
            ? Wrong("limit", $"The limit must be 1 to {MaxPage}.")
            : await database.RunAsync<IReadOnlyList<FileBatchView>>(
                async token => new Outcome<IReadOnlyList<FileBatchView>>.Success(await reader.ListAsync(caller.AccountId, after, limit, token)),
                cancellationToken);

    public Task<Outcome<FileBatchView>> CancelAsync(Guid id, Caller caller, CancellationToken cancellationToken) => database.RunAsync(
        async token => await canceller.CancelAsync(id, caller.AccountId, ofFile: true, token) switch
        {
            CancelResult.Cancelled => await FindStoredAsync(id, caller, token),
            CancelResult.HasEnded => new Failure(FailureCodes.BatchFinished, FailureKind.Conflict, "The batch has ended; nothing is left to cancel."),
            _ => s_notFound,
        },
        cancellationToken);

    private async Task<Outcome<FileBatchView>> FindStoredAsync(Guid id, Caller caller, CancellationToken cancellationToken) =>
        await reader.FindAsync(id, caller.AccountId, cancellationToken) is { } batch ? batch : s_notFound;

    private Failure? Check(FileBatchRequest request)
    {
        if (FileBatchEndpoints.Find(request.Endpoint) is null)
        {
            return Wrong("endpoint", $"'endpoint' must be one of {string.Join(", ", FileBatchEndpoints.All)}.");
        }

        if (request.IdempotencyKey is { Length: 0 or > BatchRules.MaxKeyLength })
        {
            return Wrong("Idempotency-Key", $"The idempotency key must have 1 to {BatchRules.MaxKeyLength} characters.");
        }

        if (request.Metadata is { } metadata && (metadata.Count > MaxMetadata
            || metadata.Any(pair => pair.Key.Length > MaxMetadataName || pair.Value.Length > MaxMetadataText)))
        {
            return Wrong("metadata", $"'metadata' may have {MaxMetadata} texts of {MaxMetadataText} characters, with names of {MaxMetadataName}.");
        }

        return request.OutputLifetime is { } lifetime && (lifetime < TimeSpan.FromHours(1) || lifetime > options.Value.Retention)
            ? Wrong("output_expires_after.seconds", $"Files live 3600 to {options.Value.Retention.TotalSeconds:0} seconds.")
            : null;
    }

    private static TimeSpan? WindowOf(string window) =>
        window is [.. var hours, 'h'] && int.TryParse(hours, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= MaxWindowHours
            ? TimeSpan.FromHours(count)
            : null;

    private static Failure Wrong(string field, string message) => new(FailureCodes.InvalidRequest, FailureKind.Invalid, message) { Field = field };
}
