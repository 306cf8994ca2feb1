namespace Capibara6.Core;

/// <summary>What sort of failure it is. Each edge maps a kind once: REST to a status, GraphQL to an extension.</summary>
public enum FailureKind
{
    /// <summary>The request can't be right as it is (400).</summary>
    Invalid,

    /// <summary>No credentials, or none that count (401).</summary>
    Unauthenticated,

    /// <summary>Known, but not permitted (403).</summary>
    Forbidden,

    /// <summary>Not there, or not the caller's (404).</summary>
    NotFound,

    /// <summary>At odds with what is stored (409).</summary>
    Conflict,

    /// <summary>Larger than the documented bound (413).</summary>
    TooLarge,

    /// <summary>Too much at once; <see cref="Failure.RetryAfter"/> says when to come back (429).</summary>
    RateLimited,

    /// <summary>Something that we need is away (503).</summary>
    Unavailable,

    /// <summary>Something that we need took too long (504).</summary>
    TimedOut,

    /// <summary>Something that we need is set up wrongly; only the operator can help (502).</summary>
    Misconfigured,
}

/// <summary>What clients of HTTP are told of a failure, over HTTP itself and in files of outcomes.</summary>
public static class FailureKinds
{
    /// <summary>The status of HTTP.</summary>
    public static int Status(this FailureKind kind) => kind switch
    {
        FailureKind.Invalid => 400,
        FailureKind.Unauthenticated => 401,
        FailureKind.Forbidden => 403,
        FailureKind.NotFound => 404,
        FailureKind.Conflict => 409,
        FailureKind.TooLarge => 413,
        FailureKind.RateLimited => 429,
        FailureKind.Misconfigured => 502,
        FailureKind.Unavailable => 503,
        FailureKind.TimedOut => 504,
        _ => 500,
    };

    /// <summary>The class of an error of that status, in OpenAI's words.</summary>
    public static string OpenAIType(int status) => status switch
    {
        401 => "authentication_error",
        403 => "permission_error",
        429 => "rate_limit_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };
}

/// <summary>An expected outcome that is not an answer. Exceptions are for bugs and outages.</summary>
/// <param name="Code">A stable code in snake_case from <see cref="FailureCodes"/>; clients switch on it.</param>
/// <param name="Kind">The kind that decides status and retry.</param>
/// <param name="Message">One sentence for a person: what is wrong and what to do. It never holds a secret or an internal detail.</param>
public sealed record Failure(string Code, FailureKind Kind, string Message)
{
    /// <summary>When another try may work; null when unknown or pointless.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>What a model's endpoint said itself; null when the failure is our own.</summary>
    public UpstreamError? Upstream { get; init; }

    /// <summary>The field of the request that is wrong, as the client wrote it; null when it is none in particular.</summary>
    public string? Field { get; init; }
}

/// <summary>The closed vocabulary of failure codes. A code is never renamed and never reused.</summary>
public static class FailureCodes
{
    public const string InvalidRequest = "invalid_request";
    public const string QueryEmpty = "query_empty";
    public const string QueryTooLong = "query_too_long";
    public const string QueryInvalidText = "query_invalid_text";
    public const string BatchEmpty = "batch_empty";
    public const string BatchTooLarge = "batch_too_large";
    public const string BatchNotFound = "batch_not_found";
    public const string BatchFinished = "batch_finished";
    public const string FileNotFound = "file_not_found";
    public const string FileTooLarge = "file_too_large";
    public const string StorageExceeded = "storage_exceeded";
    public const string BatchExpired = "batch_expired";
    public const string JobCancelled = "job_cancelled";
    public const string JobAbandoned = "job_abandoned";
    public const string InternalError = "internal_error";
    public const string ModelNotFound = "model_not_found";
    public const string ModelUnavailable = "model_unavailable";
    public const string ModelTimeout = "model_timeout";
    public const string ModelRefused = "model_refused";
    public const string ContextLengthExceeded = "context_length_exceeded";
    public const string ModelOverloaded = "model_overloaded";
    public const string ModelKeyRefused = "model_key_refused";
    public const string ModelMissing = "model_missing";
    public const string SandboxUnavailable = "sandbox_unavailable";
    public const string SandboxBusy = "sandbox_busy";
    public const string DatabaseUnavailable = "database_unavailable";
    public const string MeasurementsUnavailable = "measurements_unavailable";
    public const string Unauthenticated = "unauthenticated";
    public const string Forbidden = "forbidden";
    /// <summary>The account or the key on whose behalf something waited doesn't count any more.</summary>
    public const string CallerRevoked = "caller_revoked";
    public const string RateLimited = "rate_limited";
    public const string ConcurrencyLimited = "concurrency_limited";
    public const string BudgetExceeded = "budget_exceeded";
    public const string UserNotFound = "user_not_found";
    public const string ApiKeyNotFound = "api_key_not_found";
    public const string PlaybookNotFound = "playbook_not_found";
    public const string BulletNotFound = "bullet_not_found";
    public const string AnswerNotFound = "answer_not_found";
    public const string Conflict = "conflict";
}
