namespace Capibara6.Hosting.Orchestration;

/// <summary>How an instance runs, in a word or two for the console and the dashboard.</summary>
internal static class RunsAs
{
    public const string Property = "resource.runsAs";
}
