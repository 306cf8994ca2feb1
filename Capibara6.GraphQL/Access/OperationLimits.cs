using Capibara6.Core;
using Capibara6.Core.RateLimiting;
using GraphQL;
using GraphQL.Builders;
using GraphQL.Validation;
using GraphQL.Validation.Complexity;
using GraphQLParser.AST;

namespace Capibara6.GraphQLApi.Access;

/// <summary>
/// Counts an operation against its account's limits by what it does, before any of it is done: each model call draws one from
/// <c>query</c>, under however many aliases, each batch one from <c>batch</c>, and every <see cref="CostOfADraw"/> of cost one
/// from <c>account</c>, of which the request itself has drawn the first. All of it is drawn, or nothing.
/// </summary>
internal sealed class OperationLimits(IRateLimiter limiter)
{
    /// <summary>What a model call costs, so that ten of them count like ten requests.</summary>
    public const double CostOfADraw = Schema.Costs.ModelCall;

    public async Task EnterAsync(ComplexityValidationContext complexity)
    {
        var context = complexity.ValidationContext;
        if (complexity.Error is not null || context.HasErrors)
        {
            return;
        }

        var draws = DrawsOf(context, complexity.TotalImpact);
        if (draws.Count == 0)
        {
            return;
        }

        var decision = await limiter.AcquireAsync(new RateLimitRequest(draws, null, null), context.CancellationToken);
        context.UserContext.Tell(decision.States);
        if (!decision.Allowed)
        {
            complexity.Error = new LimitedOperationError(context.Document.Source, context.Operation, FailureOf(draws, decision));
        }
    }

    /// <summary>Counts the operations of one request beside the first, which the request itself has drawn. Null when they may be carried out.</summary>
    public async ValueTask<Failure?> EnterBatchAsync(RequestUser user, int operations, CancellationToken cancellationToken)
    {
        if (operations < 2)
        {
            return null;
        }

        int? own = user.Limits.TryGetValue(RateLimitOptions.AccountPolicy, out var permits) ? permits : null;
        List<RateLimitDraw> draws = [new(RateLimitOptions.AccountPolicy, user.Caller.AccountId.ToString(), own, operations - 1)];
        var decision = await limiter.AcquireAsync(new RateLimitRequest(draws, null, null), cancellationToken);
        return decision.Allowed ? null : FailureOf(draws, decision);
    }

    private static List<RateLimitDraw> DrawsOf(ValidationContext context, double cost)
    {
        var (subject, own) = (RequestUser.Of(context.UserContext).Caller.AccountId.ToString(), RequestUser.Of(context.UserContext).Limits);
        var draws = RootFields.Of(context, onlyIncluded: true)
            // Fields under one name are one field.
            .DistinctBy(root => root.Field.Alias?.Name.StringValue ?? root.Field.Name.StringValue, StringComparer.Ordinal)
            .Select(root => root.Definition.GetMetadata<string?>(FieldLimit.Key))
            .OfType<string>()
            .CountBy(policy => policy, StringComparer.Ordinal)
            .Select(policy => Draw(policy.Key, policy.Value))
            .ToList();
        if (cost > CostOfADraw)
        {
            draws.Add(Draw(RateLimitOptions.AccountPolicy, (int)Math.Ceiling(cost / CostOfADraw) - 1));
        }

        return draws;

        RateLimitDraw Draw(string policy, int tokens) => new(policy, subject, own.TryGetValue(policy, out var permits) ? permits : null, tokens);
    }

    private static Failure FailureOf(List<RateLimitDraw> draws, RateLimitDecision decision)
    {
        var over = draws.Zip(decision.States).FirstOrDefault(pair => pair.First.Tokens > pair.Second.Quota);
        return over.Second is { } state
            ? new Failure(
                decision.Code ?? FailureCodes.RateLimited, FailureKind.RateLimited,
                $"The operation counts as {over.First.Tokens} towards the limit '{state.Policy}' of {state.Quota}; ask for less at once.")
            : new Failure(
                decision.Code ?? FailureCodes.RateLimited, FailureKind.RateLimited, "Too many requests; wait as long as Retry-After says.")
            {
                RetryAfter = decision.RetryAfter,
            };
    }
}

/// <summary>An operation that its account may not carry out now.</summary>
internal sealed class LimitedOperationError(GraphQLParser.ROM source, ASTNode operation, Failure failure)
    : ValidationError(source, null, failure.Message, operation)
{
    public Failure Failure => failure;
}

internal static class FieldLimit
{
    public const string Key = "limit";

    private const string StatesKey = "limitStates";

    /// <summary>States the limit (a name of <see cref="RateLimitOptions.Policies"/>) that each use of a root field draws one from.</summary>
    public static FieldBuilder<TSource, TReturn> DrawFrom<TSource, TReturn>(this FieldBuilder<TSource, TReturn> field, string policy) =>
        field.WithMetadata(Key, policy);

    public static void Tell(this IDictionary<string, object?> userContext, IReadOnlyList<RateLimitState> states) => userContext[StatesKey] = states;

    /// <summary>The buckets that the operation drew from, as they stand now.</summary>
    public static IReadOnlyList<RateLimitState> LimitStates(this IDictionary<string, object?> userContext) =>
        userContext.TryGetValue(StatesKey, out var states) ? (IReadOnlyList<RateLimitState>)states! : [];
}
