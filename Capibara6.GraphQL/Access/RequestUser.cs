using Capibara6.Core.Identity;
using GraphQL;

namespace Capibara6.GraphQLApi.Access;

/// <summary>The caller on the way from the request to the resolvers.</summary>
internal static class RequestUser
{
    private const string CallerKey = "caller";
    private const string LimitsKey = "limits";

    /// <param name="caller">Who asks.</param>
    /// <param name="limits">The caller's own limits, by policy name.</param>
    public static IDictionary<string, object?> ContextOf(Caller caller, IReadOnlyDictionary<string, int> limits) =>
        new Dictionary<string, object?>(StringComparer.Ordinal) { [CallerKey] = caller, [LimitsKey] = limits };

    public static Caller Caller(this IResolveFieldContext context) => context.UserContext.Caller();

    public static Caller Caller(this IDictionary<string, object?> userContext) => (Caller)userContext[CallerKey]!;

    public static IReadOnlyDictionary<string, int> Limits(this IDictionary<string, object?> userContext) =>
        (IReadOnlyDictionary<string, int>)userContext[LimitsKey]!;
}
