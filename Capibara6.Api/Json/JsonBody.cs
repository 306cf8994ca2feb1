using System.Reflection;
using Capibara6.Core;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;

namespace Capibara6.Api.Json;

/// <summary>
/// The request's body as a handler's parameter. A body that doesn't fit never reaches the handler:
/// <see cref="JsonBodyFilter"/> answers for it, without an exception, because bad input is not exceptional.
/// </summary>
internal sealed class JsonBody<T> : IJsonBody, IEndpointParameterMetadataProvider
    where T : class
{
    private readonly T? _value;

    private JsonBody(T? value, Failure? failure)
    {
        _value = value;
        Failure = failure;
    }

    public JsonBody(T value)
        : this(value, null)
    {
    }

    public T Value => _value ?? throw new InvalidOperationException($"The body failed: {Failure?.Code}.");

    public Failure? Failure { get; }

    /// <summary>Null where the endpoint's parameter is nullable and the request has no body.</summary>
    public static async ValueTask<JsonBody<T>?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false } && IsOptional(parameter))
        {
            return null;
        }

        return await BodyReader.ReadAsync(context, ApiJson.Info<T>()) switch
        {
            Outcome<T>.Success read => new JsonBody<T>(read.Value),
            Outcome<T>.Failed failed => new JsonBody<T>(null, failed.Failure),
            _ => null,
        };
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T), IsOptional(parameter)));

    private static bool IsOptional(ParameterInfo parameter) =>
        new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable;
}

internal interface IJsonBody
{
    /// <summary>Why the body can't be used; null when it can.</summary>
    Failure? Failure { get; }
}
