using Capibara6.Core.Identity;

namespace Capibara6.GraphQLApi.Access;

/// <summary>Who asks: the one place where a request becomes a <see cref="Caller"/>.</summary>
internal interface ICallerAccessor
{
    Caller CallerOf(HttpContext context);
}

/// <summary>Everything is asked by the system itself, until requests prove who they are from.</summary>
internal sealed class SystemCallerAccessor : ICallerAccessor
{
    public Caller CallerOf(HttpContext context) => Caller.System;
}
