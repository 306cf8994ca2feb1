namespace Capibara6.Core.Context;

/// <summary>
/// Turns reflections into small changes of a playbook that is locked: credits bullets, adds lessons, merges what says the same,
/// retires what does harm. It never writes a playbook anew: what is not touched stays as it is, to the letter.
/// </summary>
internal sealed class Curator(PlaybookTable table, ContextOptions options)
{
    private const int MostLessons = 3;

    /// <param name="given">The bullets that the answer was made with, in the order in which the reflection counts them.</param>
    /// <returns>Whether what queries are given has changed.</returns>
    public async Task<bool> ApplyAsync(Guid playbook, IReadOnlyList<Guid> given, Reflection reflection, CancellationToken cancellationToken)
    {
        foreach (var (numbers, helpful, harmful) in new[] { (reflection.Helpful, 1, 0), (reflection.Harmful, 0, 1) })
        {
            foreach (var number in numbers.Distinct().Where(number => number >= 1 && number <= given.Count))
            {
                await table.CreditAsync(given[number - 1], helpful, harmful, cancellationToken);
            }
        }

        var added = false;
        foreach (var lesson in reflection.Lessons.Take(MostLessons))
        {
            added |= BulletText.Clean(lesson) is { } text && await AddAsync(playbook, text, cancellationToken);
        }

        var retired = await RetireAsync(playbook, cancellationToken);
        if (added && !retired)
        {
            await table.TouchAsync(playbook, cancellationToken);
        }

        return added || retired;
    }

    /// <summary>Retires what did harm, and the least helpful of what is too much.</summary>
    /// <returns>Whether anything was retired.</returns>
    public async Task<bool> RetireAsync(Guid playbook, CancellationToken cancellationToken)
    {
        var inUse = (await table.BulletsAsync(playbook, cancellationToken)).Where(bullet => !bullet.IsRetired).ToList();
        var harmful = inUse.Where(bullet => bullet.Harmful >= options.HarmfulLimit && bullet.Harmful > bullet.Helpful).ToList();
        var tooMany = inUse.Except(harmful)
            .OrderByDescending(bullet => bullet.Helpful - bullet.Harmful).ThenByDescending(bullet => bullet.ChangedAt)
            .Skip(options.MaxBullets);
        BulletView[] retired = [.. harmful, .. tooMany];
        foreach (var bullet in retired)
        {
            await table.SetRetiredAsync(bullet.Id, isRetired: true, cancellationToken);
            ContextTelemetry.Changed("retired");
        }

        if (retired.Length > 0)
        {
            await table.TouchAsync(playbook, cancellationToken);
        }

        return retired.Length > 0;
    }

    private async Task<bool> AddAsync(Guid playbook, string text, CancellationToken cancellationToken)
    {
        // What was retired is not learned again, and what is known is only confirmed.
        if ((await table.BulletsAsync(playbook, cancellationToken)).Find(known => BulletText.IsSameLesson(known.Text, text)) is { } same)
        {
            await (same.IsRetired ? Task.CompletedTask : table.CreditAsync(same.Id, 1, 0, cancellationToken));
            ContextTelemetry.Changed("merged");
            return false;
        }

        await table.AddAsync(playbook, new BulletDraft(text, 0, 0), cancellationToken);
        ContextTelemetry.Changed("added");
        return true;
    }
}
