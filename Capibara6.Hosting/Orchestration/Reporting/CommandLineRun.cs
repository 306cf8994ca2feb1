namespace Capibara6.Hosting.Orchestration.Reporting;

/// <summary>Whether the application runs from the command line, for somebody who reads the console, or inside a test.</summary>
internal sealed class CommandLineRun
{
    public bool IsActive { get; set; }
}
