using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.Deployment;
using Capibara6.Hosting.Publishing.Kubernetes;

namespace Capibara6.Tests.Hosting.Publishing;

/// <summary>What only the whole model shows to be wrong is one clear line, and nothing is written.</summary>
[TestClass]
public sealed class WrongModelTests
{
    public required TestContext TestContext { get; set; }

    public static IEnumerable<(string Expected, Action<IDistributedApplicationBuilder> Describe)> Mistakes =>
    [
        ("both have the public name api.app.example", static builder =>
        {
            var domain = builder.AddDefaultedParameter("domain", "app.example");
            Web(builder, "one").WithIngress("api", domain);
            Web(builder, "two").WithIngress("api", domain);
        }),
        ("'store': it keeps data in a volume of its own and is autoscaled", static builder =>
            builder.AddContainer("store", "image", "1").WithVolume("data", "/data").WithAutoscaling(min: 2, max: 3)),
        ("two autoscalers fight", static builder => Web(builder, "web").WithAutoscaling(2, 3).WithQueueAutoscaling(2, 3, "jobs", 5)),
        ("with 53 characters the name is too long for Kubernetes, which leaves 52 here", static builder =>
            builder.AddContainer("a" + new string('b', 52), "image", "1").WithVolume("data", "/data")),
        ("with 53 characters the name is too long for Kubernetes, which leaves 52 here", static builder => builder.AddPostgres("db" + new string('x', 44)).WithBackups("0 1 * * *").WithDataVolume()),
        ("'db-backup' has the name of a job", static builder =>
        {
            builder.AddPostgres("db").WithBackups("0 1 * * *");
            builder.AddContainer("db-backup", "image", "1");
        }),
        ("lower-case letters only", static builder => builder.AddContainer("Web", "image", "1")),
        ("'nginx': the output has something else of this name", static builder => builder.AddContainer("nginx", "nginx", "1")),
        ("WithContainerRuntimeArgs", static builder => builder.AddContainer("box", "image", "1").WithContainerRuntimeArgs("--privileged")),
        ("mounts", static builder => builder.AddContainer("box", "image", "1").WithBindMount("/etc", "/etc")),
        ("is an executable of this machine", static builder => builder.AddExecutable("tool", "ls", ".")),
        ("Certificates for api.example.org need a contact; give --Publishing:Kubernetes:CertificateEmail=ops@example.org.", static builder =>
            Web(builder, "web").WithIngress("api", builder.AddDefaultedParameter("domain", "example.org"))),
    ];

    [TestMethod]
    [DynamicData(nameof(Mistakes))]
    public async Task Publish_WrongModel_IsOneLineAndWritesNothing(string expected, Action<IDistributedApplicationBuilder> describe)
    {
        using var folder = new TemporaryFolder();

        var refused = await Assert.ThrowsExactlyAsync<DistributedApplicationException>(
            () => HostingTest.PublishAsync(new KubernetesPublisher(), folder.File("out"), describe, TestContext.CancellationToken));

        Assert.Contains(expected, refused.Message);
        Assert.DoesNotContain("\n", refused.Message);
        Assert.IsEmpty(Directory.GetFileSystemEntries(folder.Path));
    }

    private static IResourceBuilder<ContainerResource> Web(IDistributedApplicationBuilder builder, string name) =>
        builder.AddContainer(name, "image", "1").WithHttpEndpoint(targetPort: 80);
}
