using Capibara6.Core.Caching;
using Capibara6.Core.Identity;
using Capibara6.Core.Measurements;
using Capibara6.GraphQLApi.Access;
using Capibara6.GraphQLApi.Errors;
using Capibara6.GraphQLApi.Schema;
using GraphQL;
using GraphQL.MicrosoftDI;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Measurements;

internal static class UsageFields
{
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);
    private static readonly TimeSpan s_hour = TimeSpan.FromHours(1);

    public static void AddUsage(this ObjectGraphType query)
    {
        query.Field<UsageReportType>("usage")
            .Description("Requests, errors, latency, tokens and cost, in sum and over time: your own, an administrator's: all. Seconds after the requests.")
            .RequirePermission(Permissions.Read)
            .Argument<MomentType>("from", "The first moment; a day before the last when left out.")
            .Argument<MomentType>("to", "The moment after the last; now when left out.")
            .Argument<UsageBucketType>("bucket", "Width of the series' buckets, of which there may be 1,500; what suits the stretch when left out.")
            .Argument<StringGraphType>("model", "Only what this model answered.")
            .WithCost(20)
            .Resolve()
            .WithServices<IMeasurements, TimeProvider>()
            .ResolveAsync(ReadAsync);
        query.Field<SystemMetricsType>("systemMetrics")
            .Description("The system at a glance, for administrators.")
            .RequirePermission(Permissions.Admin)
            .WithCost(20)
            .Resolve()
            .WithServices<IMeasurements, IAnswerCache, TimeProvider>()
            .ResolveAsync(GlanceAsync);
    }

    private static async Task<object?> ReadAsync(IResolveFieldContext context, IMeasurements measurements, TimeProvider time)
    {
        var to = context.GetArgument<DateTimeOffset?>("to") ?? time.GetUtcNow();
        var from = context.GetArgument<DateTimeOffset?>("from") ?? to - s_day;
        var request = new MeasurementRequest(from, to, context.GetArgument<MeasurementBucket?>("bucket") ?? WidthFor(to - from))
        {
            Model = context.GetArgument<string?>("model"),
            GroupBy = MeasurementGrouping.Model,
        };
        return (await measurements.ReadAsync(request, context.Caller(), context.CancellationToken)).ValueOrError();
    }

    private static async Task<object?> GlanceAsync(IResolveFieldContext context, IMeasurements measurements, IAnswerCache cache, TimeProvider time)
    {
        var now = time.GetUtcNow();
        var hour = await measurements.ReadAsync(new MeasurementRequest(now - s_hour, now, MeasurementBucket.Minute), context.Caller(), context.CancellationToken);
        var day = await measurements.ReadAsync(new MeasurementRequest(now - s_day, now, MeasurementBucket.Hour), context.Caller(), context.CancellationToken);
        return new SystemMetrics(now, hour.ValueOrError().Summary, day.ValueOrError().Summary, cache.Statistics);
    }

    private static MeasurementBucket WidthFor(TimeSpan stretch) =>
        stretch <= TimeSpan.FromHours(6) ? MeasurementBucket.Minute : stretch <= TimeSpan.FromDays(31) ? MeasurementBucket.Hour : MeasurementBucket.Day;
}
