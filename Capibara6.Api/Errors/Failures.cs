using Capibara6.Core;

namespace Capibara6.Api.Errors;

/// <summary>Failures that more than one place of this API gives.</summary>
internal static class Failures
{
    public static Failure BodyTooLarge { get; } = new(
        EdgeCodes.RequestTooLarge, FailureKind.TooLarge, "The body is larger than 1 MiB (1,048,576 bytes); send less at once.");

    public static Failure NotJson { get; } = new(
        EdgeCodes.UnsupportedMediaType, FailureKind.Invalid, "Send JSON in UTF-8, uncompressed, with 'Content-Type: application/json'.");

    public static Failure BodyMissing { get; } = new(
        EdgeCodes.BodyMissing, FailureKind.Invalid, "The body is empty; send a JSON object.");

    public static Failure Internal { get; } = new(
        EdgeCodes.InternalError, FailureKind.Unavailable, "Something went wrong on our side. The trace id finds it in the logs.");

    public static Failure InvalidParameter(string name, string expectation) => new(
        EdgeCodes.InvalidValue, FailureKind.Invalid, $"'{name}' must be {expectation}.") { Field = name };
}
