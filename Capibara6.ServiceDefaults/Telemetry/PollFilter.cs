using System.Diagnostics;
using OpenTelemetry;

namespace Capibara6.ServiceDefaults.Telemetry;

/// <summary>
/// Keeps calls that nobody's request led to (the probe of the database once a second, a look for jobs, a refresh) from becoming traces of
/// one span each: they would bury the requests. Comes before the exporters, which leave out what isn't recorded.
/// </summary>
internal sealed class PollFilter : BaseProcessor<Activity>
{
    /// <summary>Redis's command for probes alone. Its spans are made later, when nobody can tell any more whether their parent was recorded.</summary>
    private const string Ping = "PING";

    public override void OnEnd(Activity data)
    {
        // A probe of our own health leaves no trace, and what it asks must not stand there in its place.
        if (data is { Kind: ActivityKind.Client, Status: not ActivityStatusCode.Error }
            and ({ ParentId: null } or { Parent.Recorded: false } or { DisplayName: Ping }))
        {
            data.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        }
    }
}
