using Capibara6.Api.Access;
using Capibara6.Core.Identity;

namespace Capibara6.GraphQLApi.Access;

/// <summary>Who asks: the one place where a request becomes a <see cref="Caller"/>.</summary>
internal interface ICallerAccessor
{
    Caller CallerOf(HttpContext context);

    /// <summary>The caller's own limits, by policy name.</summary>
    IReadOnlyDictionary<string, int> LimitsOf(HttpContext context) => CoreAccess.IdentityOf(context)?.RateLimits ?? s_none;

    private static readonly IReadOnlyDictionary<string, int> s_none = new Dictionary<string, int>(StringComparer.Ordinal);
}

internal sealed class CallerAccessor : ICallerAccessor
{
    public Caller CallerOf(HttpContext context) => CoreAccess.IdentityOf(context)?.Caller
        ?? throw new InvalidOperationException("A call without identity has no caller; its endpoint must ask for one.");
}
