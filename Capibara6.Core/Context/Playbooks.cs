using Capibara6.Core.Data;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Capibara6.Core.Context;

/// <inheritdoc cref="IPlaybooks"/>
internal sealed class Playbooks(
    [FromKeyedServices(DataServiceCollectionExtensions.ConnectionName)] NpgsqlDataSource dataSource, PlaybookVersions versions, TimeProvider time) : IPlaybooks
{
    private const int MostImported = 10_000;

    private static readonly Failure s_notFound = new(FailureCodes.PlaybookNotFound, FailureKind.NotFound, "There is no such playbook.");

    private static readonly Failure s_noBullet = new(FailureCodes.BulletNotFound, FailureKind.NotFound, "The playbook has no such bullet.");

    public async Task<IReadOnlyList<PlaybookView>> ListAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await new PlaybookTable(connection, null, time.GetUtcNow()).ViewsAsync("", cancellationToken);
    }

    public Task<Outcome<PlaybookPage>> GetAsync(string domain, CancellationToken cancellationToken) => WithinAsync(
        async Task<Outcome<PlaybookPage>> (table, token) =>
            await table.LockAsync(domain, token) is { } playbook ? await table.PageAsync(domain, playbook.Id, token) : s_notFound,
        cancellationToken,
        changes: false);

    public async Task<Outcome<PlaybookView>> ChangeAsync(string domain, string? name, bool? isFrozen, CancellationToken cancellationToken)
    {
        if (CheckName(name) is { } wrong)
        {
            return wrong;
        }

        return await WithinAsync(
            async Task<Outcome<PlaybookView>> (table, token) =>
            {
                if (await table.LockAsync(domain, token) is not { } playbook)
                {
                    return s_notFound;
                }

                await table.RunAsync(
                    "UPDATE playbooks SET name = $2, is_frozen = $3 WHERE id = $1", token,
                    playbook.Id, name ?? playbook.Name, isFrozen ?? playbook.IsFrozen);
                await table.TouchAsync(playbook.Id, token);
                return (await table.ViewsAsync(domain, token))[0];
            },
            cancellationToken);
    }

    public async Task<Outcome<BulletView>> ChangeBulletAsync(string domain, Guid id, string? text, bool? isRetired, CancellationToken cancellationToken)
    {
        var cleaned = text is null ? null : CleanOrNull(text);
        if (text is not null && cleaned is null)
        {
            return InvalidText("text");
        }

        return await WithinAsync(
            async Task<Outcome<BulletView>> (table, token) =>
            {
                if (await table.LockAsync(domain, token) is not { } playbook)
                {
                    return s_notFound;
                }

                if ((await table.BulletsAsync(playbook.Id, token)).Find(bullet => bullet.Id == id) is not { } known)
                {
                    return s_noBullet;
                }

                await table.SetTextAsync(id, cleaned ?? known.Text, token);
                await table.SetRetiredAsync(id, isRetired ?? known.IsRetired, token);
                await table.TouchAsync(playbook.Id, token);
                return (await table.BulletsAsync(playbook.Id, token)).Find(bullet => bullet.Id == id)!;
            },
            cancellationToken);
    }

    public async Task<Outcome<PlaybookPage>> ImportAsync(string domain, string? name, IReadOnlyList<BulletDraft> bullets, CancellationToken cancellationToken)
    {
        if (CheckImport(domain, name, bullets) is { } failure)
        {
            return failure;
        }

        return await WithinAsync(
            async Task<Outcome<PlaybookPage>> (table, token) =>
            {
                var playbook = await table.LockOrMakeAsync(domain, name, token);
                var known = (await table.BulletsAsync(playbook.Id, token)).Select(bullet => bullet.Text).ToHashSet(StringComparer.OrdinalIgnoreCase);
                foreach (var draft in bullets)
                {
                    var text = BulletText.Clean(draft.Text)!;
                    if (known.Add(text))
                    {
                        await table.AddAsync(playbook.Id, draft with { Text = text }, token);
                    }
                }

                await table.TouchAsync(playbook.Id, token);
                return await table.PageAsync(domain, playbook.Id, token);
            },
            cancellationToken);
    }

    public Task<Outcome<bool>> DeleteAsync(string domain, CancellationToken cancellationToken) => WithinAsync(
        async Task<Outcome<bool>> (table, token) =>
            await table.RunAsync("DELETE FROM playbooks WHERE domain = $1", token, domain) > 0 ? true : s_notFound,
        cancellationToken);

    private static Failure? CheckImport(string domain, string? name, IReadOnlyList<BulletDraft> bullets)
    {
        if (domain.Length is 0 or > BulletText.MaxDomainLength || !domain.All(c => char.IsAsciiLetterLower(c) || c is '_' or '-'))
        {
            return Invalid("domain", $"A domain has 1 to {BulletText.MaxDomainLength} lower-case letters.");
        }

        if (CheckName(name) is { } wrong)
        {
            return wrong;
        }

        if (bullets.Count > MostImported)
        {
            return Invalid("bullets", $"A playbook has at most {MostImported} bullets.");
        }

        for (var i = 0; i < bullets.Count; i++)
        {
            if (CleanOrNull(bullets[i].Text) is null || bullets[i].Helpful < 0 || bullets[i].Harmful < 0)
            {
                return InvalidText($"bullets[{i}]");
            }
        }

        return null;
    }

    private static Failure? CheckName(string? name) =>
        name is not null && (string.IsNullOrWhiteSpace(name) || name.Length > BulletText.MaxNameLength || name.Any(char.IsControl))
            ? Invalid("name", $"'name' must have 1 to {BulletText.MaxNameLength} characters in one line.")
            : null;

    private static string? CleanOrNull(string text) => text.Length > BulletText.MaxLength || text.Contains('\0') ? null : BulletText.Clean(text);

    private static Failure InvalidText(string field) =>
        Invalid(field, $"'{field}' must have a text of 1 to {BulletText.MaxLength} characters, and counters that are not negative.");

    private static Failure Invalid(string field, string message) => new(FailureCodes.InvalidRequest, FailureKind.Invalid, message) { Field = field };

    private async Task<Outcome<T>> WithinAsync<T>(Func<PlaybookTable, CancellationToken, Task<Outcome<T>>> work, CancellationToken cancellationToken, bool changes = true)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var outcome = await work(new PlaybookTable(connection, transaction, time.GetUtcNow()), cancellationToken);
        if (changes && outcome is Outcome<T>.Success)
        {
            await transaction.CommitAsync(cancellationToken);
            await versions.RefreshAsync(cancellationToken);
        }

        return outcome;
    }
}
