using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.Deployment;

namespace Capibara6.Tests.Hosting.Deployment;

/// <summary>A model that can't be deployed is refused where it is written, in one line that says what to do.</summary>
[TestClass]
public sealed class MisuseTests
{
    public static IEnumerable<(string Expected, Action<IDistributedApplicationBuilder> Write)> Mistakes =>
    [
        ("min 5 is not below max 3", static builder => Container(builder).WithAutoscaling(min: 5, max: 3)),
        ("at least 2 replicas", static builder => Container(builder).WithAutoscaling(min: 1, max: 3)),
        ("cpu is a percentage", static builder => Container(builder).WithAutoscaling(min: 2, max: 3, cpu: 170)),
        ("needs a target", static builder => Container(builder).WithAutoscaling(min: 2, max: 3, cpu: 0, memory: 0)),
        ("no name of a Prometheus metric", static builder => Container(builder).WithQueueAutoscaling(2, 3, "jobs that wait", 10)),
        ("itemsPerReplica is at least 1", static builder => Container(builder).WithQueueAutoscaling(2, 3, "jobs", 0)),
        ("'lots' is no quantity", static builder => Container(builder).WithResources(cpu: "100m", memory: "lots")),
        ("the memory request 2Gi is above its limit 1Gi", static builder => Container(builder).WithResources("1", "2Gi", memoryLimit: "1Gi")),
        ("the CPU request 2 is above its limit 500m", static builder => Container(builder).WithResources("2", "1Gi", cpuLimit: "500m")),
        ("no HTTP endpoint", static builder => Container(builder).WithIngress("api", Domain(builder))),
        ("can't start a host name", static builder => Container(builder).WithHttpEndpoint(targetPort: 80).WithIngress("api_v2", Domain(builder))),
        ("starts with a slash", static builder => Container(builder).WithHttpEndpoint(targetPort: 80).WithIngress("api", Domain(builder), "v1")),
        ("a host name is public", static builder => Container(builder).WithHttpEndpoint(targetPort: 80).WithIngress("api", builder.AddParameter("hidden", secret: true))),
        ("would restart every replica", static builder => Container(builder).WithHttpEndpoint(targetPort: 80).WithProbes(readiness: "/x", liveness: "/x")),
        ("no cron expression", static builder => builder.AddPostgres("postgres").WithBackups("every night")),
        ("no cron expression", static builder => builder.AddPostgres("postgres").WithBackups("61 2 * * *")),
        ("no cron expression", static builder => builder.AddPostgres("postgres").WithBackups("0 2 30 2-14 *")),
        ("opens at least 1 connection", static builder => builder.AddPostgres("postgres").WithRoomForConnections(perReplica: 0)),
        ("no label of Kubernetes", static builder => Container(builder).WithNodeSelector("not a label", "x")),
        ("no value of a label", static builder => Container(builder).WithPodLabel("zone", "not a value")),
        ("is the publisher's own", static builder => Container(builder).WithPodLabel("app.kubernetes.io/name", "x")),
        ("NoSchedule, PreferNoSchedule or NoExecute", static builder => Container(builder).WithToleration("gpu", effect: "Never")),
        ("no name of an object", static builder => Container(builder).WithStorageClass("Fast Disks")),
        ("a deployment runs nothing as root", static builder => Container(builder).WithContainerUser(0)),
        ("a health command is a command", static builder => Container(builder).WithHealthCommand(" ")),
        ("at least 1 day", static builder => builder.AddPostgres("postgres").WithBackups("0 1 * * *", keepDays: 0)),
        ("migrations need an argument", static builder => Container(builder).WithMigrations()),
        ("no size of a volume", static builder => Container(builder).WithVolumeSize("big")),
        ("a port is 1 to 65535", static builder => Container(builder).WithOutboundAccess(70000)),
    ];

    [TestMethod]
    [DynamicData(nameof(Mistakes))]
    public void Model_Mistake_IsOneClearLine(string expected, Action<IDistributedApplicationBuilder> write)
    {
        var builder = DistributedApplication.CreateBuilder(new DistributedApplicationOptions { DisableDashboard = true });

        var refused = Assert.ThrowsExactly<DistributedApplicationException>(() => write(builder));

        Assert.Contains(expected, refused.Message);
        Assert.DoesNotContain("\n", refused.Message);
        Assert.StartsWith("Resource '", refused.Message);
    }

    private static IResourceBuilder<ContainerResource> Container(IDistributedApplicationBuilder builder) => builder.AddContainer("box", "image", "1.0");

    private static IResourceBuilder<ParameterResource> Domain(IDistributedApplicationBuilder builder) => builder.AddParameter("domain", "example.org");
}
