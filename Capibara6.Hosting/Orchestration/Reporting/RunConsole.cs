using Spectre.Console;

namespace Capibara6.Hosting.Orchestration.Reporting;

/// <summary>
/// The console of a run. On a terminal everything is written through one writer, so that log lines and the changing table
/// don't overwrite each other.
/// </summary>
internal sealed class RunConsole
{
    public IAnsiConsole Terminal => AnsiConsole.Console;

    public bool IsTerminal { get; } = IsAttached();

    public static bool IsAttached() =>
        !Console.IsOutputRedirected && AnsiConsole.Profile.Capabilities is { Interactive: true, Ansi: true };

    public void WriteLine(string text)
    {
        if (IsTerminal)
        {
            Terminal.WriteLine(text);
        }
        else
        {
            Console.Out.WriteLine(text);
        }
    }
}
