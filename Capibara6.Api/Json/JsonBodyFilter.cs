using Capibara6.Api.Errors;

namespace Capibara6.Api.Json;

internal static class JsonBodyFilter
{
    /// <summary>Answers for a body that failed to be read before any handler of the group runs.</summary>
    public static RouteGroupBuilder RefuseBadBodies(this RouteGroupBuilder group)
    {
        group.AddEndpointFilterFactory((factory, next) =>
        {
            var position = Array.FindIndex(
                factory.MethodInfo.GetParameters(), parameter => parameter.ParameterType.IsAssignableTo(typeof(IJsonBody)));
            return position < 0
                ? next
                : invocation => invocation.Arguments[position] is IJsonBody { Failure: { } failure }
                    ? ValueTask.FromResult<object?>(new FailureResult(failure))
                    : next(invocation);
        });
        return group;
    }
}
