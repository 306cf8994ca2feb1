using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Tests.Hosting.ApplicationModel;

[TestClass]
public sealed class ModelErrorTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task AddResource_SameNameInAnotherCase_IsRefused()
    {
        await using var builder = HostingTest.RunMode();
        builder.AddContainer("cache", "redis");

        var error = Assert.Throws<DistributedApplicationException>(() => builder.AddRedis("Cache"));

        Assert.Contains("'Cache'", error.Message);
    }

    [TestMethod]
    [DataRow("")]
    [DataRow("1st")]
    [DataRow("under_score")]
    [DataRow("two--hyphens")]
    [DataRow("end-")]
    [DataRow("ünicode")]
    [DataRow("a123456789012345678901234567890123456789012345678901234567890123456789")]
    public async Task AddResource_InvalidName_IsRefused(string name)
    {
        await using var builder = HostingTest.RunMode();

        var error = Assert.Throws<ArgumentException>(() => builder.AddContainer(name, "image"));

        Assert.Contains($"'{name}'", error.Message);
    }

    [TestMethod]
    public async Task WaitFor_ItselfOrItsParent_IsRefused()
    {
        await using var builder = HostingTest.RunMode();
        var container = builder.AddContainer("one", "image");

        Assert.Throws<DistributedApplicationException>(() => container.WaitFor(container));
    }

    [TestMethod]
    public async Task Build_ResourcesWaitForEachOther_NamesTheCircle()
    {
        await using var builder = HostingTest.RunMode();
        var first = builder.AddContainer("first", "image");
        var second = builder.AddContainer("second", "image").WaitFor(first);
        first.WaitFor(second);

        var error = await Assert.ThrowsAsync<DistributedApplicationException>(() => builder.BuildAsync(TestContext.CancellationToken));

        Assert.Contains("first -> second -> first", error.Message);
    }

    [TestMethod]
    public async Task WaitFor_Database_WaitsForItsServerToo()
    {
        await using var builder = HostingTest.RunMode();
        var database = builder.AddPostgres("postgres").AddDatabase("db");

        var tool = builder.AddExecutable("tool", "true", ".").WaitFor(database).WaitFor(database);

        CollectionAssert.AreEqual(
            new[] { "postgres", "db" }, tool.Resource.Annotations.OfType<WaitAnnotation>().Select(wait => wait.Resource.Name).ToArray());
    }

    [TestMethod]
    public async Task WithHealthCheck_SameKeyTwice_IsRefused()
    {
        await using var builder = HostingTest.RunMode();
        var container = builder.AddContainer("one", "image").WithHealthCheck("a");

        Assert.Throws<DistributedApplicationException>(() => container.WithHealthCheck("a"));
    }

    [TestMethod]
    public async Task WithImage_TagTwice_IsRefused()
    {
        await using var builder = HostingTest.RunMode();
        var container = builder.AddContainer("one", "image");

        Assert.Throws<InvalidOperationException>(() => container.WithImage("image:1", "2"));
        Assert.Throws<ArgumentOutOfRangeException>(() => container.WithImage("image@sha256:abc", "2"));
    }

    [TestMethod]
    [DataRow("--operation=dance", "Invalid operation 'dance'")]
    [DataRow("--publisher=nope --output-path=/nowhere", "Publisher 'nope' is unknown")]
    [DataRow("--publisher=manifest", "needs --output-path")]
    [DataRow("--publisher=manifest --output-path=/proc/nowhere/m.json", "can't be written")]
    public async Task AppHost_WrongCommandLine_IsOneLineAndFails(string arguments, string expected)
    {
        var run = await ProgramRun.AppHostAsync(arguments.Split(' '), TestContext.CancellationToken);

        Assert.AreEqual(1, run.ExitCode, run.Output + run.Error);
        Assert.Contains(expected, run.Error);
        Assert.HasCount(1, run.Error.Trim().Split('\n'), run.Error);
        Assert.DoesNotContain("   at ", run.Output + run.Error);
    }
}
