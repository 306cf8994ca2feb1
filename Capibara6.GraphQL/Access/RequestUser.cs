using Capibara6.Core.Identity;
using GraphQL;

namespace Capibara6.GraphQLApi.Access;

/// <summary>The caller on the way from the request to the resolvers.</summary>
internal static class RequestUser
{
    private const string Key = "caller";

    public static IDictionary<string, object?> ContextOf(Caller caller) => new Dictionary<string, object?>(StringComparer.Ordinal) { [Key] = caller };

    public static Caller Caller(this IResolveFieldContext context) => context.UserContext.Caller();

    public static Caller Caller(this IDictionary<string, object?> userContext) => (Caller)userContext[Key]!;
}
