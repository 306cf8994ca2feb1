using Capibara6.Hosting.Publishing.Workloads;

namespace Capibara6.Hosting.Publishing.Kubernetes;

/// <summary>ConfigMaps of a workload's plain settings and files. Their names carry a hash, so that a change rolls the pods.</summary>
internal sealed class ConfigurationMapping(ObjectMetadata metadata)
{
    public List<KustomizeGenerator> Map(ManifestTree tree, string folder, Workload workload)
    {
        var generators = new List<KustomizeGenerator>();
        if (workload.PlainSettings.Any())
        {
            generators.Add(Settings(tree, folder, workload));
        }

        if (workload.Files.Count > 0)
        {
            foreach (var file in workload.Files)
            {
                tree.AddText($"{folder}/files/{file.Key}", file.Content);
            }

            generators.Add(new KustomizeGenerator(ObjectNames.Files(workload), metadata.Namespace)
            {
                Files = [.. workload.Files.Select(static file => $"files/{file.Key}")],
                Options = metadata.GeneratorOptions(workload.Name),
            });
        }

        return generators;
    }

    private KustomizeGenerator Settings(ManifestTree tree, string folder, Workload workload)
    {
        var literals = new List<string>();
        var files = new List<string>();
        foreach (var setting in workload.PlainSettings)
        {
            var value = setting.Value.Plain;
            if (IsLiteral(value))
            {
                literals.Add($"{setting.Name}={value}");
                continue;
            }

            tree.AddText($"{folder}/settings/{setting.Name}", value);
            files.Add($"settings/{setting.Name}");
        }

        return new KustomizeGenerator(ObjectNames.Configuration(workload), metadata.Namespace)
        {
            Literals = literals.Count == 0 ? null : literals,
            Files = files.Count == 0 ? null : files,
            Options = metadata.GeneratorOptions(workload.Name),
        };
    }

    /// <summary>kustomize strips quotes around a literal and can't hold lines in one.</summary>
    private static bool IsLiteral(string value) =>
        !value.Contains('\n') && !(value.Length > 1 && value[0] == value[^1] && value[0] is '"' or '\'');
}
