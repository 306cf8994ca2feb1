namespace Capibara6.Api.Errors;

/// <summary>Codes of failures that only HTTP knows; they stand beside those of <see cref="Core.FailureCodes"/>.</summary>
internal static class EdgeCodes
{
    public const string BodyMissing = "body_missing";
    public const string MalformedJson = "malformed_json";
    public const string NestedTooDeep = "nested_too_deep";
    public const string DuplicateField = "duplicate_field";
    public const string UnknownField = "unknown_field";
    public const string MissingField = "missing_field";
    public const string InvalidType = "invalid_type";
    public const string InvalidValue = "invalid_value";
    public const string InvalidText = "invalid_text";
    public const string UnsupportedParameter = "unsupported_parameter";
    public const string NotFound = "not_found";
    public const string MethodNotAllowed = "method_not_allowed";
    public const string RequestTimeout = "request_timeout";
    public const string RequestTooLarge = "request_too_large";
    public const string UnsupportedMediaType = "unsupported_media_type";
    public const string HeadersTooLarge = "headers_too_large";
    public const string ProcessingTimeout = "processing_timeout";
    public const string ServiceUnavailable = "service_unavailable";
    public const string InternalError = "internal_error";
}
