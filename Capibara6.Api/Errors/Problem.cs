using System.Text.Json.Serialization;
using Capibara6.Core;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.WebUtilities;

namespace Capibara6.Api.Errors;

/// <summary>Why a call failed, as RFC 9457 problem details. Switch on <c>code</c>; show <c>detail</c> to people.</summary>
internal sealed class Problem : ProblemDetails
{
    /// <summary>Stable code in snake_case, such as <c>query_too_long</c>. Codes are never renamed.</summary>
    [JsonPropertyName("code")]
    public required string Code { get; init; }

    /// <summary>The field that is wrong, such as <c>queries[3].model</c>; absent when it is none in particular.</summary>
    [JsonPropertyName("field")]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Field { get; init; }

    /// <summary>Finds this request in logs and traces.</summary>
    [JsonPropertyName("trace_id")]
    public required string TraceId { get; init; }

    public static Problem From(Failure failure, HttpContext context)
    {
        var status = FailureStatus.Of(failure);
        return new Problem
        {
            // about:blank (RFC 9457 §4.2.1): the status says the type, the code says the rest.
            Type = "about:blank",
            Title = ReasonPhrases.GetReasonPhrase(status),
            Status = status,
            Detail = failure.Message,
            Code = failure.Code,
            Field = failure.Field,
            TraceId = RequestTrace.IdOf(context),
        };
    }
}
