using System.Diagnostics;

namespace Capibara6.Core.Queries;

/// <summary>Stages one after the other, until one fails.</summary>
internal sealed class QueryWay(IReadOnlyList<QueryStep> steps)
{
    public async ValueTask<Failure?> RunAsync(QueryContext query, CancellationToken cancellationToken)
    {
        foreach (var step in steps)
        {
            if (await step.RunAsync(query, cancellationToken) is { } failure)
            {
                return failure;
            }
        }

        return null;
    }
}

/// <summary>A stage in its place: a span, and a measurement of the time that is its own, without that of the stages within it.</summary>
internal sealed class QueryStep(IQueryStage stage, QueryWay within, TimeProvider time)
{
    public async ValueTask<Failure?> RunAsync(QueryContext query, CancellationToken cancellationToken)
    {
        var outer = query.Span;
        using var span = QueryTelemetry.Source.StartActivity(stage.Name);
        query.Span = span;
        var (started, others) = (time.GetTimestamp(), query.InnerTime);
        query.InnerTime = TimeSpan.Zero;
        try
        {
            var failure = await stage.RunAsync(query, within, cancellationToken);
            if (failure is not null)
            {
                span?.SetStatus(ActivityStatusCode.Error, failure.Code);
            }

            return failure;
        }
        finally
        {
            var all = time.GetElapsedTime(started);
            var own = all - query.InnerTime;
            query.AddTime(stage.Name, own);
            QueryTelemetry.StageEnded(stage.Name, own);
            (query.Span, query.InnerTime) = (outer, others + all);
        }
    }
}
