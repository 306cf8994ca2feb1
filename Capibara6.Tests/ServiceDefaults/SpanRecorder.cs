using System.Collections.Concurrent;
using System.Diagnostics;
using OpenTelemetry;

namespace Capibara6.Tests.ServiceDefaults;

/// <summary>
/// Keeps the spans that a host's telemetry sees. Sources are the process's, so spans of tests that run beside are among them:
/// look for your own by trace or port.
/// </summary>
internal sealed class SpanRecorder : BaseProcessor<Activity>
{
    private readonly ConcurrentQueue<Activity> _spans = new();

    public IReadOnlyCollection<Activity> Spans => _spans;

    public override void OnEnd(Activity data) => _spans.Enqueue(data);
}
