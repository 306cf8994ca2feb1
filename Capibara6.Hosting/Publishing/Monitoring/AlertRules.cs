using Capibara6.Hosting.Publishing.Workloads;
using YamlDotNet.Serialization;

namespace Capibara6.Hosting.Publishing.Monitoring;

/// <summary>Files of Prometheus's alerting rules (its documentation, "Alerting rules").</summary>
internal static partial class AlertRules
{
    public const string Folder = "/etc/prometheus/rules/";

    /// <summary>Gives each alert the address of its heading on the runbooks' page: <c>QueueGrows</c> has <c>#queue-grows</c>.</summary>
    public static WorkloadFile WithRunbooks(WorkloadFile file, string runbookUrl)
    {
        if (!file.Path.StartsWith(Folder, StringComparison.Ordinal))
        {
            return file;
        }

        var rules = Read(file);
        foreach (var rule in Entries(rules, "groups").SelectMany(static group => Entries(group, "rules")))
        {
            if (rule.TryGetValue("alert", out var name) && rule["annotations"] is Dictionary<object, object> annotations)
            {
                annotations.TryAdd("runbook_url", $"{runbookUrl}#{Word().Replace((string)name, static start => "-" + start.Value).ToLowerInvariant()}");
            }
        }

        return file with { Content = new SerializerBuilder().WithQuotingNecessaryStrings().WithNewLine("\n").Build().Serialize(rules) };
    }

    /// <summary>The groups of all files, as a PrometheusRule holds them.</summary>
    public static IEnumerable<object> Groups(IEnumerable<WorkloadFile> files) =>
        files.Where(static file => file.Path.StartsWith(Folder, StringComparison.Ordinal)).SelectMany(static file => Entries(Read(file), "groups"));

    /// <exception cref="DistributedApplicationException">The file is not YAML.</exception>
    private static Dictionary<object, object> Read(WorkloadFile file)
    {
        try
        {
            return new DeserializerBuilder().Build().Deserialize<Dictionary<object, object>>(file.Content) ?? [];
        }
        catch (YamlDotNet.Core.YamlException error)
        {
            throw new DistributedApplicationException($"The alerts of {file.Path} are not YAML: {error.Message} (line {error.Start.Line}).", error);
        }
    }

    private static IEnumerable<Dictionary<object, object>> Entries(Dictionary<object, object> holder, string name) =>
        holder.TryGetValue(name, out var entries) && entries is List<object> list ? list.OfType<Dictionary<object, object>>() : [];

    [GeneratedRegex("(?<!^)[A-Z]")]
    private static partial Regex Word();
}
