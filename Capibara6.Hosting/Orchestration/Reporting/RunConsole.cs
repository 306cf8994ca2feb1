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

    // The table and the lines come from several threads, and the writer locks in one order for the one and in the other
    // for the other: one gate in front of both keeps them from waiting for each other.
    private readonly Lock _gate = new();

    /// <summary>Draws without anything else being written meanwhile.</summary>
    public void Draw(Action draw)
    {
        lock (_gate)
        {
            draw();
        }
    }

    public void WriteLine(string text)
    {
        if (IsTerminal)
        {
            Draw(() => Terminal.WriteLine(text));
        }
        else
        {
            Console.Out.WriteLine(text);
        }
    }
}
