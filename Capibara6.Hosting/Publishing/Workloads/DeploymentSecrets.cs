using System.Buffers;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;

namespace Capibara6.Hosting.Publishing.Workloads;

/// <summary>
/// Values for the parameters of a deployment: given now, else kept beside the output, else configured on this machine, where a run
/// has its own, else generated.
/// </summary>
internal static class DeploymentSecrets
{
    private static readonly SearchValues<char> s_cutting = SearchValues.Create(";,'\" ");

    /// <exception cref="DistributedApplicationException">Some can't be generated and nobody gave them; the message names them all.</exception>
    public static SortedDictionary<string, string> Resolve(
        WorkloadModel model, IReadOnlyDictionary<string, string> kept, IConfiguration configuration)
    {
        var insideText = model.Workloads.SelectMany(static workload => workload.SecretSettings)
            .Where(static setting => setting.Value.Parts.Count > 1)
            .SelectMany(static setting => setting.Value.Parts.OfType<ValuePart.Parameter>())
            .Where(static part => !part.UriEncoded && !part.Name.EndsWith("-endpoint", StringComparison.Ordinal))
            .Select(static part => part.Name).ToHashSet(StringComparer.Ordinal);
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var missing = new List<string>();
        foreach (var parameter in model.Parameters)
        {
            var key = $"Parameters:{parameter.Name}";
            var configured = configuration[key] is { Length: > 0 } found ? found : null;
            if ((GivenNow(configuration, key) ?? kept.GetValueOrDefault(parameter.Name) ?? configured ?? parameter.Generate?.Invoke()) is { } value)
            {
                values[parameter.Name] = value;
            }
            else
            {
                missing.Add(parameter.Name);
            }
        }

        if (values.FirstOrDefault(static pair => pair.Value.Any(char.IsControl)).Key is { } unfit)
        {
            throw new DistributedApplicationException($"The parameter '{unfit}' has a line break or another control character, which a file of secrets can't hold.");
        }

        // Inside a connection string these end the value or begin another.
        if (values.FirstOrDefault(pair => insideText.Contains(pair.Key) && pair.Value.AsSpan().ContainsAny(s_cutting)).Key is { } broken)
        {
            throw new DistributedApplicationException(
                $"The parameter '{broken}' stands inside a connection string and has one of ; , ' \" or a space, which would cut it; use letters, digits and -._~ and give it anew.");
        }

        return missing.Count == 0
            ? values
            : throw new DistributedApplicationException(
                $"Secrets can't be created without {string.Join(", ", missing)}: give {string.Join(" ", missing.Select(static name => $"--Parameters:{name}=…"))}.");
    }

    /// <summary>What the command line or the environment says, which is meant for this publish; user secrets are for runs.</summary>
    private static string? GivenNow(IConfiguration configuration, string key) => (configuration as IConfigurationRoot)?.Providers
        .Where(static provider => provider is CommandLineConfigurationProvider or EnvironmentVariablesConfigurationProvider)
        .Select(provider => provider.TryGet(key, out var value) ? value : null)
        .LastOrDefault(static value => value is { Length: > 0 });
}
