namespace Capibara6.Core.Identity;

/// <summary>The expected failures of this feature. Those of log-in are alike for every cause: they must not tell who exists.</summary>
internal static class IdentityFailures
{
    public static Failure BadCredentials { get; } =
        new(FailureCodes.Unauthenticated, FailureKind.Unauthenticated, "The name or the password is wrong.");

    public static Failure BadRefreshToken { get; } =
        new(FailureCodes.Unauthenticated, FailureKind.Unauthenticated, "The refresh token doesn't count (any more). Log in again.");

    public static Failure NotPermitted { get; } =
        new(FailureCodes.Forbidden, FailureKind.Forbidden, "This needs permissions that you don't have.");

    public static Failure CallerRevoked { get; } = new(
        FailureCodes.CallerRevoked, FailureKind.Forbidden,
        "The account or the API key that asked for this doesn't count any more, or may no longer execute queries.");

    public static Failure UserNotFound { get; } = new(FailureCodes.UserNotFound, FailureKind.NotFound, "There is no such user.");

    public static Failure ApiKeyNotFound { get; } = new(FailureCodes.ApiKeyNotFound, FailureKind.NotFound, "There is no such API key.");

    public static Failure Invalid(string field, string message) =>
        new(FailureCodes.InvalidRequest, FailureKind.Invalid, message) { Field = field };

    public static Failure Conflict(string message) => new(FailureCodes.Conflict, FailureKind.Conflict, message);
}
