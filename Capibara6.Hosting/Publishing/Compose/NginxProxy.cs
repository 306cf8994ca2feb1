using System.Text;
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
        StopGracePeriod = "30s",
        Tmpfs = ["/tmp"],
        Deploy = new ComposeDeploy(null, new ComposeResources(new ComposeAmounts("1", "256m"), new ComposeAmounts(null, "64m"))),
    };

    public static string Configuration(WorkloadModel model)
    {
        var text = new StringBuilder($"# Generated from {model.Source}.\n").Append(Global);
        foreach (var workload in model.Published)
        {
            text.Append(Server(workload));
        }

        return text.Append("}\n").ToString();
    }

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
                    set $upstream_address {{workload.Name}}:{{workload.HttpPort!.Number}};

            """);
        if (workload.PublicName.MaxBody > 1)
        {
            text.Append(System.Globalization.CultureInfo.InvariantCulture, $"        client_max_body_size {workload.PublicName.MaxBody}m;\n");
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

    private const string Global = """
        pid /tmp/nginx.pid;
        worker_processes auto;
        worker_shutdown_timeout 25s;
        error_log /dev/stderr warn;

        events {
            worker_connections 4096;
        }

        http {
            access_log /dev/stdout;
            server_tokens off;
            client_body_temp_path /tmp/client_body;
            proxy_temp_path /tmp/proxy;
            fastcgi_temp_path /tmp/fastcgi;
            uwsgi_temp_path /tmp/uwsgi;
            scgi_temp_path /tmp/scgi;

            # Docker's own DNS.
            resolver 127.0.0.11 valid=1s ipv6=off;

            # For each address: 20 requests a second with a burst of 100, 50 connections.
            limit_req_zone $binary_remote_addr zone=requests:10m rate=20r/s;
            limit_conn_zone $binary_remote_addr zone=connections:10m;
            limit_req zone=requests burst=100 nodelay;
            limit_conn connections 50;
            limit_req_status 429;
            limit_conn_status 429;

            client_max_body_size 1m;
            client_body_timeout 15s;
            client_header_timeout 15s;
            keepalive_timeout 65s;

            ssl_certificate /run/secrets/tls.crt;
            ssl_certificate_key /run/secrets/tls.key;
            ssl_protocols TLSv1.2 TLSv1.3;
            ssl_session_cache shared:tls:10m;
            ssl_session_timeout 1h;
            add_header Strict-Transport-Security "max-age=31536000" always;

            map $http_upgrade $connection_upgrade {
                default upgrade;
                # A connection that is kept may be closed by a replica that ends while a request is sent on it.
                ''      close;
            }

            proxy_http_version 1.1;
            proxy_set_header Host $host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Forwarded-Host $host;
            # Answers are streams that may last ten minutes.
            proxy_buffering off;
            proxy_connect_timeout 1s;
            proxy_read_timeout 600s;
            proxy_send_timeout 60s;
            proxy_next_upstream error timeout;
            proxy_next_upstream_tries 3;

            server {
                listen 8080 default_server;

                location = /nginx-health {
                    access_log off;
                    return 200 "ok\n";
                }

                location / {
                    return 308 https://$host$request_uri;
                }
            }

            server {
                listen 8443 ssl default_server;
                return 421;
            }

        """;
}
