using Capibara6.Core.Measurements;
using Capibara6.GraphQLApi.Schema;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Measurements;

internal sealed class UsageReportType : ObjectGraphType<MeasurementReport>
{
    // Entries that a list is taken to have, for its cost.
    private const int Entries = 50;

    public UsageReportType()
    {
        Name = "UsageReport";
        Description = "What was asked in a stretch of time: an account sees its own, an administrator all.";
        Field<NonNullGraphType<MomentType>>("from").Description("The first moment that counts, in UTC: the beginning of a bucket.").Resolve(context => context.Source.From);
        Field<NonNullGraphType<MomentType>>("to").Description("The first moment that doesn't count any more, in UTC.").Resolve(context => context.Source.To);
        Field<NonNullGraphType<UsageTotalsType>>("summary").Description("The whole stretch.").Resolve(context => context.Source.Summary);
        Field<NonNullGraphType<ListGraphType<NonNullGraphType<UsagePointType>>>>("series")
            .Description("Its buckets, oldest first; those without a request are left out.").WithCost(1, Entries).Resolve(context => context.Source.Series);
        Field<NonNullGraphType<ListGraphType<NonNullGraphType<UsageGroupType>>>>("byModel")
            .Description("The whole stretch by model, the most requests first, at most 100.").WithCost(1, Entries).Resolve(context => context.Source.Groups);
    }
}

internal sealed class UsagePointType : ObjectGraphType<MeasurementPoint>
{
    public UsagePointType()
    {
        Name = "UsagePoint";
        Description = "A bucket.";
        Field<NonNullGraphType<MomentType>>("start").Description("Its first moment, in UTC.").Resolve(context => context.Source.Start);
        Field<NonNullGraphType<UsageTotalsType>>("totals").Description("What was asked in it.").Resolve(context => context.Source.Totals);
    }
}

internal sealed class UsageGroupType : ObjectGraphType<MeasurementGroup>
{
    public UsageGroupType()
    {
        Name = "UsageGroup";
        Description = "A part of the whole.";
        Field<NonNullGraphType<StringGraphType>>("name").Description("A model's id; empty for what no model answered.").Resolve(context => context.Source.Name);
        Field<NonNullGraphType<UsageTotalsType>>("totals").Description("What was asked of it.").Resolve(context => context.Source.Totals);
    }
}

internal sealed class UsageTotalsType : ObjectGraphType<MeasurementTotals>
{
    public UsageTotalsType()
    {
        Name = "UsageTotals";
        Description = "Sums and percentiles.";
        Field<NonNullGraphType<CountType>>("requests").Description("Queries and jobs that ended.").Resolve(context => context.Source.Requests);
        Field<NonNullGraphType<CountType>>("errors").Description("Those without an answer.").Resolve(context => context.Source.Errors);
        Field<NonNullGraphType<FloatGraphType>>("cacheHitShare")
            .Description("Share of requests that were answered from the cache, from 0 to 1.")
            .Resolve(context => context.Source.Cached / (double)Math.Max(1, context.Source.Requests));
        Field<NonNullGraphType<CountType>>("promptTokens").Description("Tokens sent to models.").Resolve(context => context.Source.PromptTokens);
        Field<NonNullGraphType<CountType>>("completionTokens").Description("Tokens that models wrote.").Resolve(context => context.Source.CompletionTokens);
        Field<NonNullGraphType<MoneyType>>("costUsd").Description("The price in US dollars.").Resolve(context => context.Source.CostUsd);
        Field<FloatGraphType>("latencyP50Ms")
            .Description("Latency of half of the answers at most, in milliseconds, within 2 %; null when there are none.").Resolve(context => context.Source.P50Ms);
        Field<FloatGraphType>("latencyP95Ms").Description("Latency of 95 % of the answers at most.").Resolve(context => context.Source.P95Ms);
        Field<FloatGraphType>("latencyP99Ms").Description("Latency of 99 % of the answers at most.").Resolve(context => context.Source.P99Ms);
    }
}

internal sealed class UsageBucketType : EnumerationGraphType<MeasurementBucket>
{
    public UsageBucketType()
    {
        Name = "UsageBucket";
        Description = "The width of a bucket.";
        Values.FindByValue(MeasurementBucket.Minute)!.Description = "Whole minutes of UTC.";
        Values.FindByValue(MeasurementBucket.Hour)!.Description = "Whole hours of UTC.";
        Values.FindByValue(MeasurementBucket.Day)!.Description = "Whole days of UTC.";
    }
}
