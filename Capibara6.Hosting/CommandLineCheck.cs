using System.Reflection;

namespace Capibara6.Hosting;

/// <summary>A switch without its value is passed over by .NET's configuration, or takes the next switch for it; then something else happens than was asked.</summary>
internal static class CommandLineCheck
{
    private static readonly string[] s_switches = ["create-secrets", "infrastructure", "operation", "output-path", "publisher", "replicas"];

    /// <exception cref="DistributedApplicationException">A switch has no value, or is one of these misspelt.</exception>
    public static void Check()
    {
        // In a test host the arguments are somebody else's: Aspire's SDK marks the assembly of an AppHost.
        var marks = Assembly.GetEntryAssembly()?.GetCustomAttributes<AssemblyMetadataAttribute>() ?? [];
        if (marks.Any(static mark => string.Equals(mark.Key, "apphostprojectpath", StringComparison.OrdinalIgnoreCase)))
        {
            Check(Environment.GetCommandLineArgs().AsSpan(1));
        }
    }

    internal static void Check(ReadOnlySpan<string> args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
            {
                continue;
            }

            var equals = args[i].IndexOf('=', StringComparison.Ordinal);
            var name = equals < 0 ? args[i][2..] : args[i][2..equals];
            var isWhole = equals < 0 ? i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal) : equals < args[i].Length - 1;
            if (s_switches.FirstOrDefault(known => IsSlip(name, known)) is { } meant)
            {
                throw new DistributedApplicationException($"--{name} is unknown: it is --{meant}.");
            }

            if (!isWhole && (equals < 0 || s_switches.Contains(name)))
            {
                throw new DistributedApplicationException($"--{name} needs a value: --{name} VALUE, or true where it says yes.");
            }

            i += equals < 0 ? 1 : 0;
        }
    }

    /// <summary>The beginning of a switch, or one with other letters' case and without its hyphens.</summary>
    private static bool IsSlip(string name, string known) => name != known && name.Length >= 4
        && (known.StartsWith(name, StringComparison.Ordinal)
            || string.Equals(name.Replace("-", "", StringComparison.Ordinal), known.Replace("-", "", StringComparison.Ordinal), StringComparison.OrdinalIgnoreCase));
}
