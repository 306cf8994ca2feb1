using Capibara6.Core.Data;
using Capibara6.Core.Identity;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Files;

/// <inheritdoc cref="IFiles"/>
internal sealed class Files(FileStore store, DatabaseGuard database, IOptions<StoredFileOptions> options) : IFiles
{
    private const int MaxPage = 10_000;

    // The largest file is some 200 MB.
    private static readonly TimeSpan s_storePatience = TimeSpan.FromMinutes(2);

    private static readonly Failure s_notFound = new(FailureCodes.FileNotFound, FailureKind.NotFound, "There is no such file, or its time is over.") { Field = "id" };

    public async Task<Outcome<FileView>> StoreAsync(NewFile file, Caller caller, CancellationToken cancellationToken)
    {
        if (FileRules.Check(file, options.Value) is { } failure)
        {
            return failure;
        }

        var settings = options.Value;
        return await database.RunAsync<FileView>(
            async token => await store.StoreAsync(file, caller.AccountId, file.Lifetime ?? settings.Retention, settings.AccountBytes, token) is { } view
                ? view
                : new Failure(
                    FailureCodes.StorageExceeded, FailureKind.TooLarge,
                    $"Your files would be more than {settings.AccountBytes} bytes together; delete some."),
            cancellationToken,
            s_storePatience);
    }

    public Task<Outcome<FileView>> FindAsync(Guid id, Caller caller, CancellationToken cancellationToken) => database.RunAsync<FileView>(
        async token => await store.FindAsync(id, caller.AccountId, token) is { } file ? file : s_notFound, cancellationToken);

    public async Task<Outcome<IReadOnlyList<FileView>>> ListAsync(
        Caller caller, string? purpose, Guid? after, int limit, bool oldestFirst, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > MaxPage)
        {
            return new Failure(FailureCodes.InvalidRequest, FailureKind.Invalid, $"The limit must be 1 to {MaxPage}.") { Field = "limit" };
        }

        return await database.RunAsync<IReadOnlyList<FileView>>(
            async token => new Outcome<IReadOnlyList<FileView>>.Success(
                await store.ListAsync(caller.AccountId, purpose, after, limit, oldestFirst, token)),
            cancellationToken);
    }

    public IAsyncEnumerable<byte[]> ReadAsync(Guid id, CancellationToken cancellationToken) => store.ReadAsync(id, cancellationToken);

    public Task<Outcome<Guid>> DeleteAsync(Guid id, Caller caller, CancellationToken cancellationToken) => database.RunAsync<Guid>(
        async token => await store.DeleteAsync(id, caller.AccountId, token) ? id : s_notFound, cancellationToken);
}
