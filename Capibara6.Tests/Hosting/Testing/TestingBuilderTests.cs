using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Capibara6.Tests.Hosting.Testing;

[TestClass]
public sealed class TestingBuilderTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task CreateAsync_OfTheAppHost_ExecutesItsProgramUpToBuild()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Capibara6_AppHost>(
            ["--Parameters:postgres_password=given"], TestContext.CancellationToken);
        Assert.IsTrue(builder.Resources.TryGetByName("capibara6-api", out _));
        Assert.AreEqual(Path.Combine(Repository.Root, "Capibara6.AppHost"), builder.AppHostDirectory);
        Assert.AreEqual("Capibara6.AppHost", builder.Environment.ApplicationName);
        Assert.AreEqual("true", builder.Configuration["DcpPublisher:RandomizePorts"]);
        Assert.AreEqual("given", builder.Configuration["Parameters:postgres_password"]);
        builder.AddContainer("added-by-test", "image");

        await using var application = await builder.BuildAsync(TestContext.CancellationToken);

        var model = application.Services.GetRequiredService<DistributedApplicationModel>();
        Assert.IsTrue(model.Resources.TryGetByName("added-by-test", out _));
        Assert.Throws<InvalidOperationException>(() => application.GetEndpoint("postgres", "tcp"));
        Assert.Throws<ArgumentException>(() => application.GetEndpoint("nobody"));
    }

    [TestMethod]
    public async Task CreateAsync_TwoAtOnce_DoNotMix()
    {
        var one = DistributedApplicationTestingBuilder.CreateAsync<Projects.Capibara6_AppHost>(["--mark=1"], TestContext.CancellationToken);
        var two = DistributedApplicationTestingBuilder.CreateAsync<Projects.Capibara6_AppHost>(["--mark=2"], TestContext.CancellationToken);

        await using var first = await one;
        await using var second = await two;

        Assert.AreEqual("1", first.Configuration["mark"]);
        Assert.AreEqual("2", second.Configuration["mark"]);
        Assert.AreNotSame(first.Resources, second.Resources);
    }

    [TestMethod]
    public async Task CreateAsync_ProgramFails_ThrowsWhatItThrew() =>
        await Assert.ThrowsAsync<DistributedApplicationException>(
            () => DistributedApplicationTestingBuilder.CreateAsync<Projects.Capibara6_AppHost>(["--operation=dance"], TestContext.CancellationToken));

    [TestMethod]
    public async Task CreateAsync_AssemblyWithoutEntryPoint_SaysSo() =>
        await Assert.ThrowsAsync<InvalidOperationException>(
            () => DistributedApplicationTestingBuilder.CreateAsync<IResource>(TestContext.CancellationToken));

    [TestMethod]
    public async Task CreateAsync_ConfigureBuilder_ChangesOptions()
    {
        await using var builder = await DistributedApplicationTestingBuilder.CreateAsync<Projects.Capibara6_AppHost>(
            [], (_, settings) => settings.EnvironmentName = "Testing", TestContext.CancellationToken);

        Assert.AreEqual("Testing", builder.Environment.EnvironmentName);
    }
}
