using System.Reflection;
using Capibara6.Core.Identity;

namespace Capibara6.Api.Access;

/// <summary>Who asks, as a handler's parameter: the one place where a request becomes a <see cref="Caller"/>.</summary>
internal sealed record CurrentCaller(Caller Caller)
{
    /// <exception cref="InvalidOperationException">On an endpoint that needs no identity: a bug there.</exception>
    public static ValueTask<CurrentCaller?> BindAsync(HttpContext context, ParameterInfo parameter) =>
        CoreAccess.IdentityOf(context) is { } identity
            ? ValueTask.FromResult<CurrentCaller?>(new(identity.Caller))
            : throw new InvalidOperationException("A call without identity has no caller; its endpoint must ask for one.");
}
