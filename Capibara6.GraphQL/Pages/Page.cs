namespace Capibara6.GraphQLApi.Pages;

/// <summary>A page of a list, as Relay's specification of connections has it.</summary>
/// <param name="Items">What is on the page, in order, each with the place after it.</param>
/// <param name="HasNext">Whether there is more; asked only when the client does.</param>
/// <param name="HasPrevious">Whether something came before.</param>
internal sealed record Page(IReadOnlyList<PageItem> Items, Func<CancellationToken, Task<bool>> HasNext, bool HasPrevious);

internal sealed record PageItem(object Node, string Cursor);
