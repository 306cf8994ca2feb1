using Capibara6.Core.Data;
using Capibara6.Core.Identity;
using Microsoft.Extensions.Logging;

namespace Capibara6.Core.Measurements;

/// <inheritdoc cref="IMeasurements"/>
internal sealed class Measurements(MeasurementStore store, ILogger<Measurements> logger) : IMeasurements
{
    public async Task<Outcome<MeasurementReport>> ReadAsync(MeasurementRequest request, Caller caller, CancellationToken cancellationToken)
    {
        var width = WidthOf(request.Bucket);
        var from = Floor(request.From, width);
        var to = Floor(request.To + width - TimeSpan.FromTicks(1), width);
        if (to <= from)
        {
            return new Failure(FailureCodes.InvalidRequest, FailureKind.Invalid, "The stretch is empty: 'to' must be after 'from'.") { Field = "to" };
        }

        if ((to - from) / width > MeasurementLimits.MaxBuckets)
        {
            return new Failure(
                FailureCodes.InvalidRequest,
                FailureKind.Invalid,
                $"That would be more than {MeasurementLimits.MaxBuckets} buckets; ask for wider ones or a shorter stretch.") { Field = "bucket" };
        }

        if (!caller.IsAdmin)
        {
            request = request with { AccountId = caller.AccountId };
        }

        if (!store.IsConfigured)
        {
            return s_none;
        }

        try
        {
            return await new MeasurementReader(store.DataSource, request with { From = from, To = to }).ReadAsync(cancellationToken);
        }
        catch (Exception exception) when (DatabaseFaults.IsAway(exception))
        {
            MeasurementLog.NotRead(logger, exception.GetBaseException().Message);
            return s_away;
        }
    }

    private static readonly Failure s_none = new(
        FailureCodes.MeasurementsUnavailable, FailureKind.Unavailable, "This installation keeps no measurements over time.");

    private static readonly Failure s_away = new(
        FailureCodes.MeasurementsUnavailable, FailureKind.Unavailable, "The measurements can't be read for the moment; please try again shortly.")
    {
        RetryAfter = TimeSpan.FromSeconds(5),
    };

    internal static TimeSpan WidthOf(MeasurementBucket bucket) => bucket switch
    {
        MeasurementBucket.Minute => TimeSpan.FromMinutes(1),
        MeasurementBucket.Hour => TimeSpan.FromHours(1),
        _ => TimeSpan.FromDays(1),
    };

    private static DateTimeOffset Floor(DateTimeOffset moment, TimeSpan width) => new(moment.UtcTicks - (moment.UtcTicks % width.Ticks), TimeSpan.Zero);
}
