using Capibara6.Hosting.Publishing.Workloads;

namespace Capibara6.Hosting.Publishing.Compose;

/// <summary>Writes a Compose file for one machine, with what it mounts.</summary>
internal sealed class ComposePublisher : IPublisher
{
    private const string ProxyImage = "docker.io/nginxinc/nginx-unprivileged:1.29-alpine";
    private const string SecretsFolder = "secrets";

    public string Name => "docker-compose";
    public string DefaultOutputPath => "../deploy/compose";

    public bool Keeps(string relativePath) => relativePath == ".env"
        || relativePath.EndsWith(ComposeSecrets.Extension, StringComparison.Ordinal)
        || relativePath.EndsWith(SecretFile.ParametersFile, StringComparison.Ordinal)
        || relativePath == "docker-compose.override.yaml";

    public async Task PublishAsync(DistributedApplicationModel model, PublishingTarget target, CancellationToken cancellationToken)
    {
        var options = WorkloadModelFactory.Options<PublishOptions>(target, PublishOptions.SectionName);
        var workloads = await WorkloadModelFactory.ReadAsync(model, target, options, cancellationToken);
        var images = await ImageLock.LoadAsync(target.AppHostDirectory, cancellationToken);
        var proxy = images.Pin(ProxyImage);
        await PublishedFiles.WriteAsync(target.Path, Files(workloads, proxy, target), cancellationToken);
        PublishedFiles.WarnOfScratch(workloads, target);
        PublishedFiles.WarnOfTags(workloads.Workloads.Where(static workload => !workload.IsProject).Select(static workload => workload.Image).Append(proxy), target);
        if (options.CreateSecrets)
        {
            await CreateSecretsAsync(workloads, target, cancellationToken);
        }
    }

    public static SortedDictionary<string, string> Files(WorkloadModel model, string proxyImage, PublishingTarget target)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["docker-compose.yaml"] = ComposeWriter.Write(new ComposeMapping(model, target.FinalPath, File.Exists(Path.Combine(target.AppHostDirectory, "..", "Dockerfile"))).Map(proxyImage), model.Source),
            [".env.template"] = EnvironmentTemplate(model),
            [NginxProxy.ConfigFile] = NginxProxy.Configuration(model),
            [$"{SecretsFolder}/README.md"] = SecretsReadme(model),
        };
        foreach (var workload in model.Workloads)
        {
            foreach (var file in workload.Files)
            {
                files[ComposeFiles.Path(workload, file)] = file.Content;
            }
        }

        return files;
    }

    private static async Task CreateSecretsAsync(WorkloadModel workloads, PublishingTarget target, CancellationToken cancellationToken)
    {
        var kept = await PublishedFiles.ReadSecretsAsync(Path.Combine(target.FinalPath, SecretsFolder), cancellationToken);
        var values = DeploymentSecrets.Resolve(workloads, kept, target.Services.GetRequiredService<IConfiguration>());
        var folder = Path.Combine(target.Path, SecretsFolder);
        SecretText.Write(Path.Combine(folder, SecretFile.ParametersFile), SecretFile.Parameters(values));
        foreach (var workload in workloads.Workloads)
        {
            if (workload.SecretsAsEnvironment)
            {
                SecretText.Write(Path.Combine(target.Path, ComposeSecrets.Variables(workload)), SecretFile.Content(workload, values), isFolderPrivate: true);
            }

            foreach (var setting in ComposeMapping.Files(workload))
            {
                var value = setting.Value.Render(parameter => SecretFile.Value(parameter, values));
                SecretText.Write(Path.Combine(target.Path, ComposeSecrets.Path(workload.Name, setting.Name)), value, isFolderPrivate: true);
            }
        }

        SelfSignedCertificate.CreateIfMissing(workloads, target);
        if (!OperatingSystem.IsWindows())
        {
            // Containers run as users of their own and must read the files; the folder keeps everyone else out.
            File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        PublishingFilesLog.SecretsCreated(target.Logger, Path.Combine(target.FinalPath, SecretsFolder));
    }

    /// <summary>Lines for what the model has not are left out.</summary>
    private static string EnvironmentTemplate(WorkloadModel model)
    {
        var holes = new[] { ("{TRACES}", model.Traces), ("{TELEMETRY}", model.Telemetry) };
        var lines = EmbeddedText.Read("Publishing.Compose.env.template").Split('\n')
            .Where(line => !holes.Any(hole => hole.Item2 is null && line.Contains(hole.Item1, StringComparison.Ordinal)));
        return holes.Aggregate(string.Join('\n', lines), (text, hole) => text.Replace(hole.Item1, $"{hole.Item2?.To}:{hole.Item2?.Port}", StringComparison.Ordinal));
    }

    private static string SecretsReadme(WorkloadModel model)
    {
        var text = new StringBuilder($"""
            # Secrets

            Each is a file that git ignores. `dotnet run --project {model.Source} -- --publisher docker-compose --create-secrets true`
            makes all of them from `parameters.secrets` beside this file, whose values it keeps, generates those that are missing there, and says
            which only you know. Change a value there and publish again. By hand, without a line break at the end:

            | file | content |
            | --- | --- |

            """);
        foreach (var workload in model.Workloads)
        {
            foreach (var setting in workload.SecretSettings)
            {
                var content = setting.Value.Render(static parameter => $"<{parameter.Name}{(parameter.UriEncoded ? ", percent-encoded" : string.Empty)}>");
                var file = workload.SecretsAsEnvironment ? ComposeSecrets.Variables(workload) : ComposeSecrets.Path(workload.Name, setting.Name);
                text.Append("| ").Append(file).Append(" | `").Append(workload.SecretsAsEnvironment ? $"{setting.Name}=" : string.Empty).Append(content).Append("` |\n");
            }
        }

        foreach (var file in NginxProxy.SecretFiles)
        {
            text.Append("| ").Append(ComposeSecrets.Path(NginxProxy.Name, file)).Append(" | the certificate's ")
                .Append(file == NginxProxy.KeyFile ? "key" : "chain").Append(", PEM |\n");
        }

        return text.Append("""

            The folder must be closed to others (mode 0700); the files in it must be open to the containers' users (mode 0644).

            """).ToString();
    }
}
