using Capibara6.Hosting.Publishing.Workloads;
using k8s.Models;

namespace Capibara6.Hosting.Publishing.Kubernetes.Components;

/// <summary>
/// The main PostgreSQL by the CloudNativePG operator: three instances with failover and an archive of the write-ahead log,
/// in place of our StatefulSet. The operator makes a service under the old name, so that nobody's connection string changes.
/// </summary>
internal sealed class CloudNativePgComponent(ObjectMetadata metadata) : IManifestComponent
{
    private const string ClusterLabel = "cnpg.io/cluster";

    /// <summary>CloudNativePG's own support of object stores ends with 1.31; this plugin takes its place.</summary>
    private const string BackupPlugin = "barman-cloud.cloudnative-pg.io";

    public string Name => "cloudnative-pg";

    public string Needs => "the CloudNativePG operator 1.27 or later and its Barman Cloud plugin in `cnpg-system`; the secrets `postgres-superuser` "
        + "(`username`, `password`) and `postgres-backup-store` (`ACCESS_KEY_ID`, `ACCESS_SECRET_KEY`); "
        + "with Cilium its setting `policyCIDRMatchMode: nodes`, or no instance reaches the API server";

    public void Write(ManifestTree tree, WorkloadModel model)
    {
        var server = model.Workloads.FirstOrDefault(workload => workload.Kind == WorkloadKind.Service && workload.Server.Operator == Name);
        if (server is null)
        {
            return;
        }

        tree.Add($"components/{Name}/cluster.yaml", Cluster(server), ObjectStore(server), ScheduledBackup(server), Policy(server));
        tree.Add($"components/{Name}/kustomization.yaml", new Kustomization
        {
            Kind = "Component",
            Resources = ["cluster.yaml"],
            Patches =
            [
                KustomizePatch.Delete("apps/v1", "StatefulSet", server.Name),
                KustomizePatch.Delete("v1", "Service", server.Name),
                KustomizePatch.Delete("v1", "ServiceAccount", server.Name),
            ],
        });
    }

    private CustomResource Cluster(Workload server) => new("postgresql.cnpg.io/v1", "Cluster", metadata.For(server.Name), new
    {
        instances = 3,
        imageName = "ghcr.io/cloudnative-pg/postgresql:18.3",
        enableSuperuserAccess = true,
        superuserSecret = new { name = $"{server.Name}-superuser" },
        storage = new { size = server.VolumeSize },
        walStorage = new { size = "10Gi" },
        resources = new
        {
            requests = new { cpu = server.Resources.Cpu, memory = server.Resources.Memory },
            limits = new { memory = server.Resources.MemoryLimit },
        },
        inheritedMetadata = new { labels = metadata.Labels(server.Name) },
        managed = new
        {
            services = new
            {
                additional = new[] { new { selectorType = "rw", serviceTemplate = new { metadata = new { name = server.Name } } } },
            },
        },
        postgresql = Settings(server) is { Count: > 0 } settings ? new { parameters = settings } : null,
        bootstrap = new { initdb = Databases(server) },
        plugins = new[] { new { name = BackupPlugin, isWALArchiver = true, parameters = new { barmanObjectName = server.Name } } },
    });

    /// <summary>What the StatefulSet gives the server as <c>-c NAME=VALUE</c>.</summary>
    private static Dictionary<string, string> Settings(Workload server) => server.Args.Zip(server.Args.Skip(1))
        .Where(static pair => pair.First == "-c").Select(static pair => pair.Second.Split('=', 2))
        .ToDictionary(static setting => setting[0], static setting => setting[^1], StringComparer.Ordinal);

    /// <summary>What the StatefulSet makes at its first start: the operator makes one database itself.</summary>
    private static Dictionary<string, object> Databases(Workload server)
    {
        var initdb = new Dictionary<string, object> { ["database"] = server.Server.Databases is [var first, ..] ? first : "app" };
        if (server.Server.Databases.Count > 1)
        {
            initdb["postInitSQL"] = server.Server.Databases.Skip(1).Select(static name => $"CREATE DATABASE \"{name}\"").ToArray();
        }

        return initdb;
    }

    private CustomResource ObjectStore(Workload server) => new("barmancloud.cnpg.io/v1", "ObjectStore", metadata.For(server.Name), new
    {
        retentionPolicy = "30d",
        configuration = new
        {
            destinationPath = $"s3://{metadata.Application}-backups/{server.Name}",
            s3Credentials = new
            {
                accessKeyId = new { name = $"{server.Name}-backup-store", key = "ACCESS_KEY_ID" },
                secretAccessKey = new { name = $"{server.Name}-backup-store", key = "ACCESS_SECRET_KEY" },
            },
        },
    });

    private CustomResource ScheduledBackup(Workload server) => new("postgresql.cnpg.io/v1", "ScheduledBackup", metadata.For(server.Name), new
    {
        schedule = "0 0 2 * * *",
        backupOwnerReference = "self",
        cluster = new { name = server.Name },
        method = "plugin",
        pluginConfiguration = new { name = BackupPlugin },
    });

    /// <summary>Instances replicate among themselves, the operator asks them for their state, and they ask the API server.</summary>
    private V1NetworkPolicy Policy(Workload server)
    {
        var own = new Dictionary<string, string> { [ClusterLabel] = server.Name };
        var instances = new V1NetworkPolicyPeer { PodSelector = new V1LabelSelector { MatchLabels = own } };
        return new NetworkPolicyMapping(metadata).Custom(
            $"{server.Name}-cluster",
            own,
            [
                NetworkPolicyMapping.From(instances, [5432, 8000]),
                NetworkPolicyMapping.From(
                    NetworkPolicyMapping.InNamespace("cnpg-system", new() { ["app.kubernetes.io/name"] = "cloudnative-pg" }), [5432, 8000]),
            ],
            [
                NetworkPolicyMapping.Dns(),
                NetworkPolicyMapping.To(instances, [5432, 8000]),
                // The API server and the object store: their addresses are the cluster's, so the ports are the limit.
                new V1NetworkPolicyEgressRule
                {
                    To = [new V1NetworkPolicyPeer { IpBlock = new V1IPBlock { Cidr = "0.0.0.0/0", Except = ["169.254.0.0/16"] } }],
                    Ports = [new V1NetworkPolicyPort { Port = 443, Protocol = "TCP" }, new V1NetworkPolicyPort { Port = 6443, Protocol = "TCP" }],
                },
            ]);
    }
}
