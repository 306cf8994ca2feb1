using Capibara6.Hosting.Deployment.Servers;

namespace Capibara6.Hosting.Publishing.Workloads;

/// <summary>Images of servers take their secrets from files, and each in its own way.</summary>
internal static class ServerWorkloads
{
    private const string SecretsFolder = "/run/secrets";

    /// <summary>The annotation of the resource, else what is known of its type.</summary>
    public static ServerAnnotation Describe(IResource resource, IEnumerable<IServerDescription> descriptions) =>
        resource.TryGetLastAnnotation<ServerAnnotation>(out var annotation)
            ? annotation
            : descriptions.Select(description => description.Describe(resource)).FirstOrDefault(static found => found is not null) ?? new ServerAnnotation();

    public static Workload Adapt(Workload workload)
    {
        if (workload.IsProject)
        {
            return workload;
        }

        var whole = workload with
        {
            Files = [.. workload.Files, .. workload.Server.Files.Select(static file => new WorkloadFile(file.Key, file.Value))],
        };
        return workload.Command is ["/bin/sh"] ? ShellSecrets(WithinMemory(whole)) : WithFileSettings(whole);
    }

    private static Workload WithinMemory(Workload workload) =>
        workload.Server.MemoryArguments is not { } arguments || workload.Args is not ["-c", var script, ..]
            ? workload
            : workload with { Args = ["-c", script + arguments(workload.Resources.MemoryLimitBytes), .. workload.Args.Skip(2)] };

    /// <summary>A script that names a secret as a variable reads it from its file first.</summary>
    private static Workload ShellSecrets(Workload workload)
    {
        if (!workload.HasSecrets || workload.Args is not ["-c", var script, ..])
        {
            return workload with { SecretsAsEnvironment = workload.HasSecrets };
        }

        var exports = string.Concat(workload.SecretSettings.Select(static setting =>
            $"{setting.Name}=\"$(cat {SecretsFolder}/{setting.Name})\" && export {setting.Name} && "));
        return workload with { Args = ["-c", $"{exports}exec {script}", .. workload.Args.Skip(2)] };
    }

    /// <summary>Images that take another variable for a secret's file, such as NAME_FILE; others get a variable.</summary>
    private static Workload WithFileSettings(Workload workload)
    {
        if (workload is { HasSecrets: true, Server.SecretFolderVariable: { } variable })
        {
            return workload with
            {
                Settings = [.. workload.Settings.Append(new Setting(variable, ValueText.Of(SecretsFolder))).OrderBy(static setting => setting.Name, StringComparer.Ordinal)],
            };
        }

        var files = workload.SecretSettings.Select(setting => (setting.Name, Suffix: FileSuffix(workload.Server, setting.Name))).ToList();
        if (files.Exists(static file => file.Suffix is null))
        {
            return workload with { SecretsAsEnvironment = true };
        }

        var settings = workload.Settings.Concat(files.Select(static file =>
            new Setting(file.Name + file.Suffix, ValueText.Of($"{SecretsFolder}/{file.Name}"))));
        return workload with { Settings = [.. settings.OrderBy(static setting => setting.Name, StringComparer.Ordinal)] };
    }

    private static string? FileSuffix(ServerAnnotation server, string name) =>
        server.SecretFilePrefix is { } prefix && name.StartsWith(prefix, StringComparison.Ordinal) ? server.SecretFileSuffix : null;
}
