namespace Capibara6.Core.Context;

/// <summary>Playbooks as administrators see and change them, one bullet at a time.</summary>
public interface IPlaybooks
{
    /// <summary>All of them by domain.</summary>
    Task<IReadOnlyList<PlaybookView>> ListAsync(CancellationToken cancellationToken);

    /// <summary>One with its bullets, those in use first; <c>playbook_not_found</c> when the domain has none.</summary>
    Task<Outcome<PlaybookPage>> GetAsync(string domain, CancellationToken cancellationToken);

    /// <summary>Renames it, or freezes it so that nothing learned changes it any more.</summary>
    Task<Outcome<PlaybookView>> ChangeAsync(string domain, string? name, bool? isFrozen, CancellationToken cancellationToken);

    /// <summary>Changes a bullet's text, or retires it or takes it up again.</summary>
    Task<Outcome<BulletView>> ChangeBulletAsync(string domain, Guid id, string? text, bool? isRetired, CancellationToken cancellationToken);

    /// <summary>Adds bullets to a domain's playbook, which is made where there is none. Texts that it has already are left as they are.</summary>
    Task<Outcome<PlaybookPage>> ImportAsync(string domain, string? name, IReadOnlyList<BulletDraft> bullets, CancellationToken cancellationToken);

    /// <summary>Removes it with all that it learned.</summary>
    Task<Outcome<bool>> DeleteAsync(string domain, CancellationToken cancellationToken);
}

/// <param name="InUse">Bullets that queries may be given.</param>
public sealed record PlaybookView(string Domain, string Name, long Version, bool IsFrozen, int InUse, int Retired, DateTimeOffset UpdatedAt);

/// <param name="Helpful">How often it was judged to have helped.</param>
/// <param name="Harmful">How often it was judged to have done harm.</param>
public sealed record BulletView(Guid Id, string Text, int Tokens, int Helpful, int Harmful, bool IsRetired, DateTimeOffset ChangedAt);

public sealed record PlaybookPage(PlaybookView Playbook, IReadOnlyList<BulletView> Bullets);

/// <param name="Text">1 to 600 characters; line ends become blanks.</param>
public sealed record BulletDraft(string Text, int Helpful, int Harmful);
