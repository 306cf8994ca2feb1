using Aspire.Hosting;
using Capibara6.Hosting.Orchestration.Reporting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.CommandLine;

namespace Capibara6.Hosting;

/// <summary>The switches that an AppHost understands, and the configuration keys behind them.</summary>
internal static class AppHostCommandLine
{
    /// <summary>Switch, key, and what it does.</summary>
    public static readonly (string Switch, string Key, string Help)[] Switches =
    [
        ("--operation", "AppHost:Operation", "run (default), publish or inspect"),
        ("--publisher", "Publishing:Publisher", "write deployment files in this format, then end"),
        ("--output-path", "Pipeline:OutputPath", "file or folder that the publisher writes"),
        ("--create-secrets", "Publishing:CreateSecrets", "true: fill in the secrets that git ignores beside the output"),
        ("--step", "Pipeline:Step", "publishing step, such as publish-manifest"),
        ("--list-steps", "Pipeline:ListSteps", "true: list the publishing steps, then end"),
        ("--log-level", "Pipeline:LogLevel", "trace, debug, information, warning, error or critical"),
        ("--include-exception-details", "Pipeline:IncludeExceptionDetails", "show stack traces of failures"),
        ("--clear-cache", "Pipeline:ClearCache", "forget saved deployment state"),
        ("--yes", "Pipeline:SkipConfirmation", "ask nothing"),
        ("--dcp-cli-path", "DcpPublisher:CliPath", "accepted for compatibility"),
        ("--dcp-container-runtime", "DcpPublisher:ContainerRuntime", "docker or podman"),
        ("--dcp-dependency-check-timeout", "DcpPublisher:DependencyCheckTimeout", "seconds to wait for the container runtime"),
        ("--dcp-dashboard-path", "DcpPublisher:DashboardPath", "accepted for compatibility"),
        ("--environment", "environment", "name of the environment, such as Development"),
        ("--infrastructure", "Hosting:Infrastructure", "where servers run: auto (default), containers or local"),
        ("--replicas", "Hosting:Replicas", "one (default) of each service, or production: as many as when deployed"),
        ("--no-dashboard", AppHostConfiguration.DashboardDisabledKey, "start without the dashboard"),
        ("--logs", "Hosting:Logs", "show the logs of all resources on the console"),
        (HelpSwitch, CommandLineHelp.Key, "show this text"),
    ];

    private const string HelpSwitch = "--help";

    /// <summary>An unknown name that is longer and begins a switch's is taken for a slip: --replica, --output.</summary>
    private const int MeantLength = 5;

    private static readonly HashSet<string> s_flags = new(StringComparer.OrdinalIgnoreCase)
    {
        "--include-exception-details", "--clear-cache", "--yes", "--list-steps", "--create-secrets", "--no-dashboard", "--logs", HelpSwitch,
    };

    /// <summary>Flags without a value get the value true, so that configuration can read them.</summary>
    /// <exception cref="DistributedApplicationException">A switch lacks its value, or is a known one misspelt.</exception>
    public static string[]? ForHost(string[]? args)
    {
        if (args is null)
        {
            return null;
        }

        var complete = new List<string>(args.Length);
        for (var i = 0; i < args.Length; i++)
        {
            var argument = args[i] is "-h" or "-?" or "/?" ? HelpSwitch : args[i];
            var bare = s_flags.Contains(argument) && (i + 1 == args.Length || args[i + 1].StartsWith("--", StringComparison.Ordinal));
            Check(argument, i + 1 < args.Length ? args[i + 1] : null);
            complete.Add(bare ? argument + "=true" : argument);
        }

        return [.. complete];
    }

    /// <summary>Configuration takes any key, so that without this a slip would be passed over, and something else done than was asked.</summary>
    private static void Check(string argument, string? next)
    {
        if (!argument.StartsWith("--", StringComparison.Ordinal))
        {
            return;
        }

        var name = argument.Split('=')[0];
        if (Array.Find(Switches, known => known.Switch.Equals(name, StringComparison.OrdinalIgnoreCase)) is { Switch: not null } found)
        {
            var hasValue = argument == name ? next is { Length: > 0 } && !next.StartsWith("--", StringComparison.Ordinal) : argument.Length > name.Length + 1;
            if (!hasValue && !(argument == name && s_flags.Contains(name)))
            {
                throw new DistributedApplicationException($"{found.Switch} needs a value: {found.Help}.");
            }
        }
        else if (name.Length > MeantLength && Array.Find(Switches, known => Letters(known.Switch).StartsWith(Letters(name), StringComparison.Ordinal)) is { Switch: not null } meant)
        {
            throw new DistributedApplicationException($"{name} is unknown: it is {meant.Switch}.");
        }
    }

    private static string Letters(string name) => name.Replace("-", string.Empty, StringComparison.Ordinal).ToUpperInvariant();

    public static void Apply(ConfigurationManager configuration, string[]? args)
    {
        if (args is null)
        {
            return;
        }

        var map = Switches.ToDictionary(known => known.Switch, known => known.Key, StringComparer.OrdinalIgnoreCase);
        ((IConfigurationBuilder)configuration).Add(new CommandLineConfigurationSource { Args = ForHost(args)!, SwitchMappings = map });
    }
}
