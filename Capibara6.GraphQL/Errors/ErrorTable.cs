using System.Globalization;
using System.Text.RegularExpressions;
using Capibara6.Core;
using Capibara6.GraphQLApi.Access;
using Capibara6.GraphQLApi.Documents;
using Capibara6.GraphQLApi.Transport;
using GraphQL;
using GraphQL.Execution;
using GraphQL.Validation;
using GraphQL.Validation.Errors.Custom;
using Microsoft.Extensions.Options;

namespace Capibara6.GraphQLApi.Errors;

/// <summary>
/// The one table from errors to what clients see: a message and <c>extensions.code</c>, the same code that REST gives. The text of
/// an exception that nothing expected leaves the house in Development only.
/// </summary>
internal sealed partial class ErrorTable(IHostEnvironment environment, IOptions<GraphQLTransportOptions> limits) : IErrorInfoProvider
{
    public const string InternalMessage = "Something went wrong on our side.";

    public ErrorInfo GetInfo(ExecutionError executionError)
    {
        ArgumentNullException.ThrowIfNull(executionError);
        return executionError switch
        {
            FailureError error => Describe(error.Failure),
            LimitedOperationError error => Describe(error.Failure),
            ForbiddenFieldError error => Describe(error.Message, FailureCodes.Forbidden, rule: null),
            ChangesOverGetError error => Describe(error.Message, EdgeCodes.MethodNotAllowed, rule: null),
            UnknownDocumentError error => Describe(error.Message, EdgeCodes.PersistedQueryNotFound, rule: null),
            ComplexityError or IntrospectionDepthError => Describe(executionError.Message, EdgeCodes.DocumentTooComplex, rule: null),
            // Parsing and validation: the library's own code says which rule, for tools.
            { } error when IsOfTheRequest(error) => DescribeInvalid(error),
            TimeoutError => Describe(UnexpectedErrors.TimedOut(limits.Value.ExecutionTimeout)),
            _ => DescribeUnexpected(executionError),
        };
    }

    /// <summary>Whether the client can mend it: the document, its size, its variables, or which of its operations is asked for.</summary>
    public static bool IsOfTheRequest(ExecutionError error) =>
        error is DocumentError or RequestError or InvalidOperationError
        || error is FailureError { Failure.Kind: FailureKind.Invalid or FailureKind.TooLarge };

    private static ErrorInfo Describe(Failure failure)
    {
        var info = Describe(failure.Message, failure.Code, rule: null);
        if (failure.Field is { } field)
        {
            info.Extensions!["field"] = field;
        }

        if (failure.RetryAfter is { } wait)
        {
            info.Extensions!["retryAfterSeconds"] = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds));
        }

        return info;
    }

    private ErrorInfo DescribeInvalid(ExecutionError error)
    {
        var info = Describe(WithoutGuess(error.Message), FailureCodes.InvalidRequest, error.Code);
        if (error is InvalidVariableError && VariablePath().Match(error.Message) is { Success: true } path)
        {
            info.Extensions!["field"] = path.Groups[1].Value;
        }

        return info;
    }

    // The library says where in the variables only in its message.
    [GeneratedRegex(@"^Variable '\$([^']+)' is invalid")]
    private static partial Regex VariablePath();

    private static ErrorInfo Describe(string message, string code, string? rule)
    {
        var extensions = new Dictionary<string, object?>(StringComparer.Ordinal) { ["code"] = code };
        if (!string.IsNullOrEmpty(rule))
        {
            extensions["rule"] = rule.ToLower(CultureInfo.InvariantCulture);
        }

        return new ErrorInfo { Message = message, Extensions = extensions };
    }

    // A guess at what was meant would tell the schema name by name to those who may not ask for it.
    private string WithoutGuess(string message) =>
        !environment.IsDevelopment() && message.IndexOf(" Did you mean", StringComparison.Ordinal) is > 0 and var guess ? message[..guess] : message;

    private ErrorInfo DescribeUnexpected(ExecutionError error) =>
        environment.IsDevelopment() && error.InnerException is { } exception
            ? Describe($"{InternalMessage} {exception.GetType().Name}: {exception.Message}", EdgeCodes.InternalError, rule: null)
            : Describe(InternalMessage, EdgeCodes.InternalError, rule: null);
}
