using Capibara6.Core.Caching;
using Capibara6.Core.Measurements;
using Capibara6.GraphQLApi.Cache;
using Capibara6.GraphQLApi.Schema;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Measurements;

/// <summary>The system at a glance.</summary>
/// <param name="At">When it was looked at.</param>
internal sealed record SystemMetrics(DateTimeOffset At, MeasurementTotals LastHour, MeasurementTotals LastDay, AnswerCacheStatistics Cache);

internal sealed class SystemMetricsType : ObjectGraphType<SystemMetrics>
{
    public SystemMetricsType()
    {
        Name = "SystemMetrics";
        Description = "The system at a glance.";
        Field<NonNullGraphType<MomentType>>("at").Description("When it was looked at, in UTC.").Resolve(context => context.Source.At);
        Field<NonNullGraphType<UsageTotalsType>>("lastHour").Description("What was asked in the last 60 minutes.").Resolve(context => context.Source.LastHour);
        Field<NonNullGraphType<UsageTotalsType>>("lastDay").Description("What was asked in the last 24 hours.").Resolve(context => context.Source.LastDay);
        Field<NonNullGraphType<CacheStatsType>>("cache")
            .Description("The cache of answers on the replica that answers this.").Resolve(context => context.Source.Cache);
    }
}
