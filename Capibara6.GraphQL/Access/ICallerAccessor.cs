using Capibara6.Api.Access;
using Capibara6.Core.Identity.Audit;
using Capibara6.ServiceDefaults.Access;

namespace Capibara6.GraphQLApi.Access;

/// <summary>Who asks: the one place where a request becomes a <see cref="RequestUser"/>.</summary>
internal interface ICallerAccessor
{
    RequestUser UserOf(HttpContext context);
}

internal sealed class CallerAccessor : ICallerAccessor
{
    public RequestUser UserOf(HttpContext context)
    {
        var identity = CoreAccess.IdentityOf(context)
            ?? throw new InvalidOperationException("A call without identity has no caller; its endpoint must ask for one.");
        return new RequestUser(identity.Caller, identity.Roles, identity.RateLimits, new RequestOrigin(ClientAddress.Text(context)));
    }
}
