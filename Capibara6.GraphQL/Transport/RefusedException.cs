using Capibara6.Core;
using Capibara6.GraphQLApi.Errors;

namespace Capibara6.GraphQLApi.Transport;

/// <summary>A request that never reaches the engine: what is wrong with it, and the status to say so with.</summary>
internal sealed class RefusedException(int status, Failure failure) : Exception(failure.Message)
{
    public int Status => status;

    public Failure Failure => failure;

    public static RefusedException Invalid(string code, string message, string? field = null) =>
        new(StatusCodes.Status400BadRequest, new Failure(code, FailureKind.Invalid, message) { Field = field });

    public static RefusedException Method(string allowed) => new(
        StatusCodes.Status405MethodNotAllowed,
        new Failure(EdgeCodes.MethodNotAllowed, FailureKind.Invalid, $"Not with this method; use {allowed}."));

    public static RefusedException MediaType() => new(
        StatusCodes.Status415UnsupportedMediaType,
        new Failure(EdgeCodes.UnsupportedMediaType, FailureKind.Invalid, "Send JSON in UTF-8 with 'Content-Type: application/json'."));

    public static RefusedException NotAcceptable() => new(
        StatusCodes.Status406NotAcceptable,
        new Failure(
            EdgeCodes.NotAcceptable, FailureKind.Invalid,
            "Answers come as application/graphql-response+json or application/json in UTF-8; the Accept header takes neither."));

    public static RefusedException OfServer(BadHttpRequestException error) => error.StatusCode == StatusCodes.Status413PayloadTooLarge
        ? new(error.StatusCode, new Failure(
            EdgeCodes.RequestTooLarge, FailureKind.TooLarge, "The body is larger than 1 MiB (1,048,576 bytes); send less at once."))
        : new(error.StatusCode, new Failure(
            FailureCodes.InvalidRequest, FailureKind.Invalid, "The request can't be read as HTTP; it may have ended too soon."));
}
