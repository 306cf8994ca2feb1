using Capibara6.Core.Jobs;
using Capibara6.GraphQLApi.Access;
using Capibara6.GraphQLApi.Errors;
using Capibara6.GraphQLApi.Pages;
using GraphQL;

namespace Capibara6.GraphQLApi.Batches;

/// <summary>Pages of the outcomes of batches: those of all batches that are asked for, in one statement.</summary>
internal static class BatchResults
{
    public const int DefaultPage = 100;
    public const int MaxPage = 500;

    public static object Read(IResolveFieldContext<BatchView> context)
    {
        var first = context.ReadFirst(DefaultPage, MaxPage);
        var after = context.ReadAfter<int>();
        var caller = context.Caller();
        var services = context.RequestServices!;
        return context.Load<Guid, Page>(
            FormattableString.Invariant($"results {first} {after}"),
            async (ids, token) =>
            {
                // One more than the page shows says whether there is more.
                var batches = services.GetRequiredService<IBatches>();
                var found = (await batches.ReadResultPagesAsync(ids, caller, after ?? -1, first + 1, token)).ValueOrError();
                return id => PageOf([.. found[id]], first, after is not null);
            }).Of(context.Source.Id);
    }

    private static Page PageOf(List<BatchItemResult> results, int first, bool hasPrevious) => new(
        [.. results.Take(first).Select(result => new PageItem(result, Cursor.Of(result.Index)))],
        _ => Task.FromResult(results.Count > first),
        hasPrevious);
}
