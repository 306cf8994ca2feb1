using System.Net;
using System.Security.Cryptography;
using System.Text;
using Capibara6.Core.Data;
using Capibara6.Core.Identity.Audit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using NpgsqlTypes;

namespace Capibara6.Core.Identity.Passwords;

/// <summary>Whether a guess counts, and what it brought about.</summary>
/// <param name="MayCount">False: too many wrong ones came before; not even the right password counts now.</param>
/// <param name="Locks">This very guess was the last one that counts, if it is wrong.</param>
internal readonly record struct PasswordGuess(bool MayCount, bool Locks);

/// <summary>
/// Counts guesses of a password before the hash is computed, so that of many at once no more count than one after another.
/// <para>
/// Guesses are counted for the account and the address together: whoever guesses locks his own address out and nobody else.
/// Guesses from many addresses add up as well, and then lock out addresses from which the account has never been logged in to.
/// An address that has logged in within <see cref="s_known"/>, and this machine itself (for an administrator without any other
/// way: <c>kubectl port-forward</c> comes from loopback), are known and stay welcome.
/// </para>
/// </summary>
internal sealed class PasswordGuesses(
    [FromKeyedServices(DataServiceCollectionExtensions.ConnectionName)] NpgsqlDataSource database, IOptions<IdentitySettings> options, TimeProvider time)
{
    private const string CountAtAddress =
        """
        INSERT INTO password_attempts AS held (subject_id, address, failed, locked_until, last_at)
        VALUES ($1, $2, 1, CASE WHEN $5 <= 1 THEN $4 END, $3)
        ON CONFLICT (subject_id, address) DO UPDATE SET
            failed = CASE WHEN held.locked_until <= $3 THEN 1 ELSE LEAST(held.failed + 1, 1000000) END,
            locked_until = CASE
                WHEN held.locked_until <= $3 THEN CASE WHEN $5 <= 1 THEN $4 END
                WHEN held.locked_until IS NULL AND held.failed + 1 >= $5 THEN $4
                ELSE held.locked_until END,
            last_at = $3
        RETURNING failed, succeeded_at
        """;

    // Without an account it finds nothing, at the same price.
    private const string CountElsewhere =
        """
        UPDATE accounts SET
            access_failed_count = CASE WHEN lockout_end <= $2 THEN 1 ELSE LEAST(access_failed_count + 1, 1000000) END,
            lockout_end = CASE
                WHEN lockout_end <= $2 THEN NULL
                WHEN lockout_end IS NULL AND access_failed_count + 1 >= $4 THEN $3
                ELSE lockout_end END
        WHERE id = $1
        RETURNING access_failed_count
        """;

    private const string ForgetGuesses =
        """
        WITH here AS (
            UPDATE password_attempts SET failed = 0, locked_until = NULL, succeeded_at = $3 WHERE subject_id = $1 AND address = $2)
        UPDATE accounts SET access_failed_count = 0, lockout_end = NULL
        WHERE id = $1 AND access_failed_count > 0 AND (lockout_end IS NULL OR lockout_end <= $3)
        """;

    private static readonly TimeSpan s_known = TimeSpan.FromDays(90);

    /// <summary>The id under which guesses at a name are counted that no account has.</summary>
    public static Guid SubjectOf(string normalizedName) => new(SHA256.HashData(Encoding.UTF8.GetBytes(normalizedName)).AsSpan(0, 16));

    /// <summary>Counts a guess as a wrong one, before anybody knows what it is.</summary>
    /// <param name="subject">The account's id, or <see cref="SubjectOf"/>.</param>
    public async Task<PasswordGuess> TakeAsync(Guid subject, RequestOrigin origin, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var until = now + options.Value.LockoutDuration;
        var atMost = options.Value.MaxFailedLogins;
        await using var connection = await database.OpenConnectionAsync(cancellationToken);
        var (failed, succeededAt) = await CountAtAddressAsync(connection, subject, origin.Client, now, until, atMost, cancellationToken);
        if (IsLoopback(origin.Address) || succeededAt > now - s_known)
        {
            return new PasswordGuess(failed <= atMost, failed == atMost);
        }

        var atMostElsewhere = options.Value.MaxFailedLoginsFromUnknownAddresses;
        var elsewhere = await CountElsewhereAsync(connection, subject, now, until, atMostElsewhere, cancellationToken);
        return new PasswordGuess(failed <= atMost && elsewhere <= atMostElsewhere, failed == atMost || elsewhere == atMostElsewhere);
    }

    /// <summary>The guess was right: the address is known from now on.</summary>
    public async Task ForgetAsync(Guid accountId, RequestOrigin origin, CancellationToken cancellationToken)
    {
        await using var command = database.CreateCommand(ForgetGuesses);
        Add(command, accountId, origin.Client, time.GetUtcNow());
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private static async Task<(int Failed, DateTimeOffset? SucceededAt)> CountAtAddressAsync(
        NpgsqlConnection connection, Guid subject, string address, DateTimeOffset now, DateTimeOffset until, int atMost, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(CountAtAddress, connection);
        Add(command, subject, address, now, until, atMost);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        return (reader.GetInt32(0), await reader.IsDBNullAsync(1, cancellationToken) ? null : reader.GetFieldValue<DateTimeOffset>(1));
    }

    private static async Task<int> CountElsewhereAsync(
        NpgsqlConnection connection, Guid subject, DateTimeOffset now, DateTimeOffset until, int atMost, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(CountElsewhere, connection);
        Add(command, subject, now, until, atMost);
        return await command.ExecuteScalarAsync(cancellationToken) is int counted ? counted : 0;
    }

    private static void Add(NpgsqlCommand command, params object[] values)
    {
        foreach (var value in values)
        {
            command.Parameters.Add(value is DateTimeOffset
                ? new NpgsqlParameter { Value = value, NpgsqlDbType = NpgsqlDbType.TimestampTz }
                : new NpgsqlParameter { Value = value });
        }
    }

    private static bool IsLoopback(string? address) => IPAddress.TryParse(address, out var parsed) && IPAddress.IsLoopback(parsed);
}
