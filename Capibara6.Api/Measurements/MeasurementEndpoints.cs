using System.Globalization;
using Capibara6.Api.Access;
using Capibara6.Api.Errors;
using Capibara6.Core;
using Capibara6.Core.Identity;
using Capibara6.Core.Measurements;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace Capibara6.Api.Measurements;

internal static class MeasurementEndpoints
{
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);

    public static void MapMeasurements(this IEndpointRouteBuilder routes) => routes.MapGet("/api/v1/metrics", ReadAsync)
        .WithName("getMetrics").WithTags("Measurements").WithFailures(400, 401, 403, 429, 500, 503).RequirePermission(Permissions.Read);

    /// <summary>Measure what was asked</summary>
    /// <remarks>
    /// Requests, errors, latency, tokens, cost and cache hits, in sum and over time: your own, and for administrators all. They come from
    /// aggregates, seconds after the requests; a bucket is counted whole.
    /// </remarks>
    /// <param name="from">The first moment, RFC 3339; by default a day before <c>to</c>.</param>
    /// <param name="to">The moment after the last, RFC 3339; now by default.</param>
    /// <param name="bucket">Width of the series' buckets, of which there may be 1,500; by default what suits the stretch.</param>
    /// <param name="model">Only what this model answered.</param>
    /// <param name="accountId">Only this account's (administrators).</param>
    /// <param name="apiKeyId">Only what came with this API key.</param>
    /// <param name="groupBy">Break the whole down by this.</param>
    /// <response code="200">The measurements.</response>
    internal static async Task<Results<Ok<MeasurementResponse>, FailureResult>> ReadAsync(
        string? from,
        string? to,
        string? bucket,
        string? model,
        [FromQuery(Name = "account_id")] string? accountId,
        [FromQuery(Name = "api_key_id")] string? apiKeyId,
        [FromQuery(Name = "group_by")] string? groupBy,
        CurrentCaller caller,
        IMeasurements measurements,
        TimeProvider time,
        CancellationToken cancellationToken)
    {
        switch (ToRequest(from, to, bucket, accountId, apiKeyId, groupBy, time.GetUtcNow()))
        {
            case Outcome<MeasurementRequest>.Success { Value: var request }:
                var outcome = await measurements.ReadAsync(request with { Model = model }, caller.Caller, cancellationToken);
                return outcome.ToResult(report => TypedResults.Ok(ToResponse(report, request.Bucket)));
            case Outcome<MeasurementRequest>.Failed failed:
                return new FailureResult(failed.Failure);
            default:
                return new FailureResult(Failures.Internal);
        }
    }

    private static Outcome<MeasurementRequest> ToRequest(
        string? from, string? to, string? bucket, string? accountId, string? apiKeyId, string? groupBy, DateTimeOffset now)
    {
        var end = now;
        if (to is not null && !TryParse(to, out end))
        {
            return Failures.InvalidParameter("to", "a time such as 2026-11-24T20:00:00Z");
        }

        var start = end - s_day;
        if (from is not null && !TryParse(from, out start))
        {
            return Failures.InvalidParameter("from", "a time such as 2026-11-24T20:00:00Z");
        }

        if (WidthOf(bucket, end - start) is not { } width)
        {
            return Failures.InvalidParameter("bucket", "minute, hour or day");
        }

        if (!TryParse(accountId, out Guid? account))
        {
            return Failures.InvalidParameter("account_id", "the id of an account");
        }

        if (!TryParse(apiKeyId, out Guid? key))
        {
            return Failures.InvalidParameter("api_key_id", "the id of an API key");
        }

        if (groupBy is not (null or "model" or "account" or "api_key"))
        {
            return Failures.InvalidParameter("group_by", "model, account or api_key");
        }

        return new MeasurementRequest(start, end, width)
        {
            AccountId = account,
            ApiKeyId = key,
            GroupBy = groupBy switch
            {
                "model" => MeasurementGrouping.Model,
                "account" => MeasurementGrouping.Account,
                "api_key" => MeasurementGrouping.ApiKey,
                _ => null,
            },
        };
    }

    private static MeasurementBucket? WidthOf(string? bucket, TimeSpan stretch) => bucket switch
    {
        "minute" => MeasurementBucket.Minute,
        "hour" => MeasurementBucket.Hour,
        "day" => MeasurementBucket.Day,
        null => stretch <= TimeSpan.FromHours(6) ? MeasurementBucket.Minute : stretch <= TimeSpan.FromDays(31) ? MeasurementBucket.Hour : MeasurementBucket.Day,
        _ => null,
    };

    private static bool TryParse(string text, out DateTimeOffset moment) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out moment);

    private static bool TryParse(string? text, out Guid? id)
    {
        id = Guid.TryParse(text, out var parsed) ? parsed : null;
        return text is null || id is not null;
    }

    private static MeasurementResponse ToResponse(MeasurementReport report, MeasurementBucket bucket) => new()
    {
        From = report.From,
        To = report.To,
        Bucket = bucket switch
        {
            MeasurementBucket.Minute => "minute",
            MeasurementBucket.Hour => "hour",
            _ => "day",
        },
        Summary = ToView(report.Summary),
        Series = [.. report.Series.Select(point => new MeasurementPointView(point.Start, ToView(point.Totals)))],
        Groups = [.. report.Groups.Select(group => new MeasurementGroupView(group.Name, ToView(group.Totals)))],
    };

    private static MeasurementView ToView(MeasurementTotals totals) => new()
    {
        Requests = totals.Requests,
        Errors = totals.Errors,
        CacheHitShare = totals.Requests == 0 ? 0 : Math.Round((double)totals.Cached / totals.Requests, 4),
        LatencyP50Ms = totals.P50Ms,
        LatencyP95Ms = totals.P95Ms,
        LatencyP99Ms = totals.P99Ms,
        PromptTokens = totals.PromptTokens,
        CompletionTokens = totals.CompletionTokens,
        CostUsd = totals.CostUsd,
    };
}
