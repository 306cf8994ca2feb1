using System.Reflection;
using Capibara6.Core.Identity;

namespace Capibara6.Api.Access;

/// <summary>Who asks, as a handler's parameter: the one place where a request becomes a <see cref="Caller"/>.</summary>
internal sealed record CurrentCaller(Caller Caller)
{
    public static ValueTask<CurrentCaller?> BindAsync(HttpContext context, ParameterInfo parameter) =>
        ValueTask.FromResult<CurrentCaller?>(new(Caller.System));
}
