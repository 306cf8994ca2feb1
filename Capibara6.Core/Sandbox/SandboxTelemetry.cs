using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Capibara6.Core.Sandbox;

/// <summary>What can be seen of runs, in the words of OpenTelemetry's gen_ai conventions for tools. No code, no output.</summary>
internal static class SandboxTelemetry
{
    private const string Tool = "code_interpreter";

    private static readonly ActivitySource s_source = new("Capibara6.Sandbox");
    private static readonly Meter s_meter = new("Capibara6.Sandbox");

    private static readonly Histogram<double> s_duration = s_meter.CreateHistogram<double>(
        "capibara6.sandbox.duration", unit: "s", description: "From a run's request to its end, its wait for a place included, by provider, language and outcome.");

    private static readonly UpDownCounter<long> s_inside = s_meter.CreateUpDownCounter<long>(
        "capibara6.sandbox.runs", unit: "{run}", description: "Runs under way or waiting for a place.");

    public static Call Begin(string provider, string language) => new(provider, language);

    /// <summary>One run.</summary>
    internal sealed class Call : IDisposable
    {
        private readonly Activity? _activity;
        private readonly string _provider;
        private readonly string _language;
        private readonly long _started = Stopwatch.GetTimestamp();
        private string _outcome = "cancelled";

        public Call(string provider, string language)
        {
            (_provider, _language) = (provider, language);
            _activity = s_source.StartActivity($"execute_tool {Tool}")
                ?.SetTag("gen_ai.operation.name", "execute_tool")
                .SetTag("gen_ai.tool.name", Tool)
                .SetTag("gen_ai.tool.type", "extension")
                .SetTag("capibara6.sandbox.provider", provider)
                .SetTag("capibara6.code.language", language);
            s_inside.Add(1, new KeyValuePair<string, object?>("provider", provider));
        }

        public CodeRun Ended(CodeRun run)
        {
            _outcome = NameOf(run.End);
            _activity?.SetTag("capibara6.sandbox.outcome", _outcome);
            if (!run.Succeeded)
            {
                _activity?.SetTag("error.type", _outcome).SetStatus(ActivityStatusCode.Error, _outcome);
            }

            return run;
        }

        public Failure Refused(Failure failure)
        {
            _outcome = failure.Code;
            _activity?.SetTag("error.type", failure.Code).SetStatus(ActivityStatusCode.Error, failure.Code);
            return failure;
        }

        public void Dispose()
        {
            s_inside.Add(-1, new KeyValuePair<string, object?>("provider", _provider));
            s_duration.Record(Stopwatch.GetElapsedTime(_started).TotalSeconds, new TagList
            {
                { "provider", _provider }, { "language", _language }, { "outcome", _outcome },
            });
            _activity?.Dispose();
        }
    }

    private static string NameOf(RunEnd end) => end switch
    {
        RunEnd.Succeeded => "succeeded",
        RunEnd.Failed => "failed",
        RunEnd.TimedOut => "timed_out",
        RunEnd.OutOfMemory => "out_of_memory",
        RunEnd.TooMuchOutput => "too_much_output",
        _ => throw new UnreachableException(),
    };
}
