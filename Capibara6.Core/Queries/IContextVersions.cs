namespace Capibara6.Core.Queries;

/// <summary>
/// Whether context that an answer was made with would be added today just so. An answer is kept with the version of its context
/// (<see cref="QueryContext.ContextVersion"/>); once that is not current any more, the answer is not found again.
/// </summary>
internal interface IContextVersions
{
    /// <param name="version">What the stage that enriched wrote down; null when nothing was added.</param>
    bool IsCurrent(string? version);
}
