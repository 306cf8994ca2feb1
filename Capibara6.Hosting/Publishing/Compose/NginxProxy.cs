using Capibara6.Hosting.Publishing.Workloads;

namespace Capibara6.Hosting.Publishing.Compose;

/// <summary>The way in: TLS ends here, each address is limited, and requests are spread over the replicas that DNS knows.</summary>
internal static class NginxProxy
{
    public const string Name = "nginx";
    public const string ConfigName = "nginx-conf";
    public const string ConfigFile = "config/nginx/nginx.conf";
    public const string CertificateFile = "tls.crt";
    public const string KeyFile = "tls.key";

    public static IReadOnlyList<string> SecretFiles { get; } = [CertificateFile, KeyFile];

    public static ComposeService Service(WorkloadModel model, string image) => new()
    {
        Image = image,
        Ports = ["${HTTP_PORT:-80}:8080", "${HTTPS_PORT:-443}:8443"],
        Configs = [new ComposeMount(ConfigName, "/etc/nginx/nginx.conf")],
        Secrets = [.. SecretFiles.Select(static file => new ComposeMount(file, file))],
        DependsOn = new SortedDictionary<string, ComposeDependency>(model.Published
            .Where(static workload => !workload.IsMonitoring)
            .ToDictionary(static workload => workload.Name, static workload => new ComposeDependency(ComposeMapping.Condition(workload))), StringComparer.Ordinal),
        Healthcheck = new ComposeHealthCheck(["CMD-SHELL", "wget -q -O /dev/null http://127.0.0.1:8080/nginx-health || exit 1"]),
        Networks = new SortedDictionary<string, ComposeAttachment>(StringComparer.Ordinal)
        {
            [ComposeNetworks.Edge] = new(),
            [ComposeNetworks.Frontend] = new(),
        },
        Restart = "unless-stopped",
        StopGracePeriod = LongestAnswer(model),
        Tmpfs = ["/tmp"],
        Deploy = new ComposeDeploy(null, new ComposeResources(new ComposeAmounts("1", "256m"), new ComposeAmounts(null, "64m"))),
    };

    private static string LongestAnswer(WorkloadModel model) => Seconds(model.Published.Select(static workload => workload.LongestAnswer).Max());

    private static string Seconds(TimeSpan? longest) => $"{(longest ?? Workload.UsualLongestAnswer).TotalSeconds:0}s";

    public static string Configuration(WorkloadModel model) =>
        $"# Generated from {model.Source}.\n{EmbeddedText.Read("Publishing.Compose.nginx.conf").Replace("LONGEST_ANSWER", LongestAnswer(model), StringComparison.Ordinal)}{string.Concat(model.Published.Select(Server))}}}\n";

    /// <summary>
    /// The upstream stands in a variable so that its name is asked of Docker's DNS again every second: replicas come and go.
    /// Each request keeps the replicas that it began with: in an upstream group with <c>server … resolve</c>, one that fails on
    /// a replica which DNS takes out at that moment is tried on no other (nginx issue 1656).
    /// A request is tried on another replica only if it can't have had an effect.
    /// </summary>
    private static string Server(Workload workload)
    {
        var text = new StringBuilder($$"""

                server {
                    listen 8443 ssl;
                    http2 on;
                    server_name {{workload.PublicName!.Label}}.*;
                    proxy_read_timeout {{Seconds(workload.LongestAnswer)}};
                    set $upstream_address {{workload.Name}}:{{workload.HttpPort!.Number}};

            """);
        if (workload.PublicName.MaxBody > 1)
        {
            text.Append(CultureInfo.InvariantCulture, $"        client_max_body_size {workload.PublicName.MaxBody}m;\n");
        }

        foreach (var path in workload.PublicName.Paths)
        {
            // A replica that drains says 503 for itself; asked from outside, the question is whether the system is ready.
            var others = path == workload.Probes.Readiness?.Path ? "\n            proxy_next_upstream error timeout http_503;" : string.Empty;
            text.Append($$"""

                        location {{path}} {
                            proxy_pass http://$upstream_address;{{others}}
                        }

                """);
        }

        return text.Append("    }\n").ToString();
    }
}
