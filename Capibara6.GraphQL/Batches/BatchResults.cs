using Capibara6.Core;
using Capibara6.Core.Jobs;
using Capibara6.GraphQLApi.Access;
using Capibara6.GraphQLApi.Errors;
using GraphQL;

namespace Capibara6.GraphQLApi.Batches;

/// <summary>A page of a batch's outcomes. They are read as they are counted off, so no more than a page is ever held.</summary>
internal static class BatchResults
{
    public const int DefaultPage = 100;
    public const int MaxPage = 500;

    public static async Task<object?> ReadAsync(IResolveFieldContext<BatchView> context, IBatches batches)
    {
        var first = Read(context, "first", DefaultPage, 1, MaxPage);
        var skip = Read(context, "skip", 0, 0, int.MaxValue);
        var outcomes = (await batches.ReadResultsAsync(context.Source.Id, context.Caller(), context.CancellationToken)).ValueOrError();
        var page = new List<BatchItemResult>();
        await foreach (var outcome in outcomes.WithCancellation(context.CancellationToken))
        {
            if (skip > 0)
            {
                skip--;
                continue;
            }

            page.Add(outcome);
            if (page.Count == first)
            {
                break;
            }
        }

        return page;
    }

    private static int Read(IResolveFieldContext context, string argument, int otherwise, int min, int max)
    {
        var value = context.GetArgument<int?>(argument) ?? otherwise;
        return value >= min && value <= max
            ? value
            : throw new FailureError(new Failure(EdgeCodes.InvalidValue, FailureKind.Invalid, $"'{argument}' must be {min} to {max}.")
            {
                Field = argument,
            });
    }
}
