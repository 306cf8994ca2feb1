using Capibara6.Core.Identity;
using Capibara6.Core.Identity.Audit;
using GraphQL;

namespace Capibara6.GraphQLApi.Access;

/// <summary>Who asks, on the way from the request to the resolvers.</summary>
/// <param name="Caller">On whose behalf.</param>
/// <param name="Roles">The account's roles.</param>
/// <param name="Limits">The caller's own limits, by policy name.</param>
/// <param name="Origin">Where the request came from, for the audit log.</param>
internal sealed record RequestUser(Caller Caller, IReadOnlyList<string> Roles, IReadOnlyDictionary<string, int> Limits, RequestOrigin Origin)
{
    private const string Key = "user";

    public IDictionary<string, object?> ToContext() => new Dictionary<string, object?>(StringComparer.Ordinal) { [Key] = this };

    public static RequestUser Of(IDictionary<string, object?> userContext) => (RequestUser)userContext[Key]!;
}

internal static class RequestUserExtensions
{
    public static RequestUser User(this IResolveFieldContext context) => RequestUser.Of(context.UserContext);

    public static Caller Caller(this IResolveFieldContext context) => RequestUser.Of(context.UserContext).Caller;
}
