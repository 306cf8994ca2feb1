using Capibara6.Core.Context;

namespace Capibara6.Api.Playbooks;

internal static class PlaybookMapping
{
    public static PlaybookSummary ToSummary(this PlaybookView view) => new()
    {
        Domain = view.Domain,
        Name = view.Name,
        Version = view.Version,
        Frozen = view.IsFrozen,
        BulletsInUse = view.InUse,
        BulletsRetired = view.Retired,
        UpdatedAt = view.UpdatedAt,
    };

    public static PlaybookResponse ToResponse(this PlaybookPage page) => new()
    {
        Playbook = page.Playbook.ToSummary(),
        Bullets = [.. page.Bullets.Select(ToResponse)],
    };

    public static BulletResponse ToResponse(this BulletView bullet) => new()
    {
        Id = bullet.Id,
        Text = bullet.Text,
        Tokens = bullet.Tokens,
        Helpful = bullet.Helpful,
        Harmful = bullet.Harmful,
        Retired = bullet.IsRetired,
        ChangedAt = bullet.ChangedAt,
    };

    public static PlaybookDocument ToDocument(this PlaybookPage page) => new()
    {
        Name = page.Playbook.Name,
        Bullets =
        [
            .. page.Bullets.Where(bullet => !bullet.IsRetired)
                .Select(bullet => new BulletDocument { Text = bullet.Text, Helpful = bullet.Helpful, Harmful = bullet.Harmful }),
        ],
    };

    public static IReadOnlyList<BulletDraft> ToDrafts(this PlaybookDocument document) =>
        [.. document.Bullets.Select(bullet => new BulletDraft(bullet.Text, bullet.Helpful, bullet.Harmful))];
}
