using Capibara6.Core.ModelClients;
using Capibara6.Core.Queries;

namespace Capibara6.Core.Jobs;

/// <summary>What a batch must be to be accepted. All of it is checked before any of it is stored.</summary>
internal static class BatchRules
{
    public const int MaxKeyLength = 255;

    private const int MaxCustomIdLength = 256;

    public static Failure? Check(BatchRequest request, IModelCatalog catalog, DateTimeOffset now)
    {
        if (request.Deadline <= now)
        {
            return new(FailureCodes.InvalidRequest, FailureKind.Invalid, "The deadline must be in the future.") { Field = "deadline" };
        }

        if (request.IdempotencyKey is { } key && (key.Length is 0 or > MaxKeyLength || QueryRules.CheckText(key) is not null))
        {
            return new(FailureCodes.InvalidRequest, FailureKind.Invalid, $"The idempotency key must have 1 to {MaxKeyLength} characters.") { Field = "Idempotency-Key" };
        }

        if (request.Items.Count == 0)
        {
            return new(FailureCodes.BatchEmpty, FailureKind.Invalid, "The batch is empty; send at least one query.") { Field = "queries" };
        }

        if (request.Items.Count > QueryLimits.MaxBatchSize)
        {
            return new(
                FailureCodes.BatchTooLarge,
                FailureKind.TooLarge,
                $"The batch has {request.Items.Count} queries; at most {QueryLimits.MaxBatchSize} are allowed.") { Field = "queries" };
        }

        if (!Enum.IsDefined(request.Priority))
        {
            return new(FailureCodes.InvalidRequest, FailureKind.Invalid, "The priority must be low, medium or high.") { Field = "priority" };
        }

        var customIds = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < request.Items.Count; i++)
        {
            if (CheckItem(request.Items[i], catalog, customIds) is { } failure)
            {
                return failure with { Field = $"queries[{i}].{failure.Field}", Message = $"Query {i}: {failure.Message}" };
            }
        }

        return null;
    }

    private static Failure? CheckItem(BatchItem item, IModelCatalog catalog, HashSet<string> customIds) =>
        QueryRules.CheckText(item.Query)
        ?? QueryRules.CheckModel(item.Model, catalog)
        ?? QueryRules.CheckNumbers(item.MaxTokens, item.Temperature)
        ?? QueryRules.CheckExecute(item.Execute)
        ?? QueryRules.CheckContext(item.Context)
        ?? CheckCustomId(item.CustomId, customIds);

    private static Failure? CheckCustomId(string? customId, HashSet<string> seen)
    {
        if (customId is null)
        {
            return null;
        }

        if (customId.Length is 0 or > MaxCustomIdLength || QueryRules.CheckText(customId) is not null)
        {
            return Invalid($"The custom id must have 1 to {MaxCustomIdLength} characters, none of them NUL.");
        }

        // Results are told apart by it.
        return seen.Add(customId) ? null : Invalid("Another query of the batch has the same custom id.");
    }

    private static Failure Invalid(string message) => new(FailureCodes.InvalidRequest, FailureKind.Invalid, message) { Field = "custom_id" };
}
