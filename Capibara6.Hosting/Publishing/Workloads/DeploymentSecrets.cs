using Aspire.Hosting;
using Microsoft.Extensions.Configuration;

namespace Capibara6.Hosting.Publishing.Workloads;

/// <summary>Values for the parameters of a deployment: configured, else kept from the last time, else generated.</summary>
internal static class DeploymentSecrets
{
    /// <exception cref="DistributedApplicationException">Some can't be generated and nobody gave them; the message names them all.</exception>
    public static SortedDictionary<string, string> Resolve(
        IReadOnlyList<DeferredParameter> parameters, IReadOnlyDictionary<string, string> kept, IConfiguration configuration)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        var missing = new List<string>();
        foreach (var parameter in parameters)
        {
            if (configuration[$"Parameters:{parameter.Name}"] is { Length: > 0 } configured)
            {
                values[parameter.Name] = configured;
            }
            else if (kept.TryGetValue(parameter.Name, out var known))
            {
                values[parameter.Name] = known;
            }
            else if (parameter.Generate is { } generate)
            {
                values[parameter.Name] = generate();
            }
            else
            {
                missing.Add(parameter.Name);
            }
        }

        return missing.Count == 0
            ? values
            : throw new DistributedApplicationException(
                $"Secrets can't be created without {string.Join(", ", missing)}: give {string.Join(" ", missing.Select(static name => $"--Parameters:{name}=…"))}.");
    }
}
