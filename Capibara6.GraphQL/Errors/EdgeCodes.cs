namespace Capibara6.GraphQLApi.Errors;

/// <summary>Codes of failures that only this edge knows; they stand beside those of <see cref="Core.FailureCodes"/>, and mean what they mean over REST.</summary>
internal static class EdgeCodes
{
    public const string BodyMissing = "body_missing";
    public const string MalformedJson = "malformed_json";
    public const string MissingField = "missing_field";
    public const string UnknownField = "unknown_field";
    public const string InvalidType = "invalid_type";
    public const string InvalidValue = "invalid_value";
    public const string MethodNotAllowed = "method_not_allowed";
    public const string NotFound = "not_found";
    public const string NotAcceptable = "not_acceptable";
    public const string RequestTooLarge = "request_too_large";
    public const string UnsupportedMediaType = "unsupported_media_type";
    public const string DocumentTooLarge = "document_too_large";
    public const string DocumentTooComplex = "document_too_complex";
    public const string DocumentNotTrusted = "document_not_trusted";

    /// <summary>As clients of automatic persisted queries know it.</summary>
    public const string PersistedQueryNotFound = "PERSISTED_QUERY_NOT_FOUND";
    public const string ProcessingTimeout = "processing_timeout";
    public const string ShuttingDown = "shutting_down";
    public const string InternalError = "internal_error";
}
