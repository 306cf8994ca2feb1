using Capibara6.Core.Data;
using Capibara6.Core.Identity.Accounts;
using Microsoft.EntityFrameworkCore;

namespace Capibara6.Core.Identity.Audit;

/// <summary>Where a request came from: what the audit log keeps beside the actor.</summary>
/// <param name="Address">The client's IP address; null for work of the system itself.</param>
public sealed record RequestOrigin(string? Address)
{
    /// <summary>The address as limits count it, 1 to 64 characters: of an IPv6 client its whole /64.</summary>
    public string Client { get; init; } = Address ?? "unknown";

    public static RequestOrigin None { get; } = new((string?)null);
}

/// <summary>Reads the audit log, and takes acts that change nothing in the database themselves.</summary>
public interface IAuditLog
{
    /// <summary>Stores an event by itself. Before the act: one that can't be noted is not done.</summary>
    /// <param name="action">One of <see cref="AuditActions"/>.</param>
    Task RecordAsync(string action, Caller actor, RequestOrigin origin, CancellationToken cancellationToken);

    /// <summary>Newest first. Page by the last id seen.</summary>
    /// <param name="limit">1 to <see cref="AccountLimits.MaxPageSize"/>.</param>
    Task<Outcome<IReadOnlyList<AuditEvent>>> ListAsync(Guid? before, int limit, CancellationToken cancellationToken);
}

/// <summary>Adds events to the same unit of work as the act itself: both are stored, or neither.</summary>
internal sealed class AuditLog(Capibara6DbContext database, TimeProvider time) : IAuditLog
{
    public AuditEvent Add(string action, Caller actor, RequestOrigin origin, string? subject = null, string? detail = null) =>
        Add(action, actor.AccountId, actor.Name, origin, subject, detail);

    public AuditEvent Add(string action, Guid? actorId, string actorName, RequestOrigin origin, string? subject = null, string? detail = null)
    {
        var now = time.GetUtcNow();
        var entry = new AuditEvent
        {
            Id = Guid.CreateVersion7(now),
            At = now,
            ActorId = actorId == Guid.Empty ? null : actorId,
            ActorName = Bound(actorName, 256)!,
            Action = action,
            Subject = Bound(subject, 256),
            Detail = Bound(detail, 1_000),
            ClientAddress = Bound(origin.Address, 45),
        };
        database.Add(entry);
        return entry;
    }

    public Task RecordAsync(string action, Caller actor, RequestOrigin origin, CancellationToken cancellationToken)
    {
        Add(action, actor, origin);
        return database.SaveChangesAsync(cancellationToken);
    }

    public async Task<Outcome<IReadOnlyList<AuditEvent>>> ListAsync(Guid? before, int limit, CancellationToken cancellationToken)
    {
        if (limit is < 1 or > AccountLimits.MaxPageSize)
        {
            return IdentityFailures.Invalid("limit", $"limit must be 1 to {AccountLimits.MaxPageSize}.");
        }

        var events = database.Set<AuditEvent>().AsNoTracking();
        if (before is { } last)
        {
            events = events.Where(audit => audit.Id < last);
        }

        var page = await events.OrderByDescending(audit => audit.Id).Take(limit).ToListAsync(cancellationToken);
        return new Outcome<IReadOnlyList<AuditEvent>>.Success(page);
    }

    // PostgreSQL text holds no NUL, and one long name must not lose the whole event.
    private static string? Bound(string? text, int length)
    {
        var clean = text?.Replace("\0", string.Empty, StringComparison.Ordinal);
        return clean is null || clean.Length <= length ? clean : clean[..length];
    }
}
