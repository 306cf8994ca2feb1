using System.Net;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;
using Capibara6.Hosting.ResourceService;
using Capibara6.ResourceService.V1;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Capibara6.Tests.Hosting.ResourceService;

/// <summary>The service as a dashboard sees it: over gRPC, with and without the key.</summary>
[TestClass]
public sealed class ResourceServiceTests
{
    private static readonly string[] s_service = ["--ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL=http://localhost:0", "--ASPIRE_DASHBOARD_RESOURCESERVICE_APIKEY=key"];

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task WatchResources_StateChanges_ComesAfterTheInitialData()
    {
        await using var builder = HostingTest.RunMode([.. s_service, "--ConnectionStrings:main=x"]);
        var project = builder.AddProject("api", "Api.csproj", launchProfileName: null).WithHttpEndpoint()
            .WithCommand("reset", "Reset", _ => Task.FromResult(CommandResults.Success()), new CommandOptions { IconName = "Arrow" })
            .WithCommand("hidden", "Hidden", _ => Task.FromResult(CommandResults.Success()), new CommandOptions { Visibility = ResourceCommandVisibility.Api })
            .WithReference(builder.AddConnectionString("main"));
        var id = ResourceInstances.Assign(project.Resource)[0].Id;
        await using var application = await StartAsync(builder);
        await application.ResourceNotifications.PublishUpdateAsync(project.Resource, snapshot => snapshot with { State = KnownResourceStates.Starting });
        using var channel = await ConnectAsync(application);
        using var call = new DashboardService.DashboardServiceClient(channel).WatchResources(new WatchResourcesRequest(), Key("key"), cancellationToken: Token);

        Assert.IsTrue(await call.ResponseStream.MoveNext(Token));
        var initial = call.ResponseStream.Current.InitialData.Resources.Single(resource => resource.DisplayName == "api");
        Assert.AreEqual(id, initial.Name);
        Assert.AreEqual("Project", initial.ResourceType);
        Assert.AreEqual("Starting", initial.State);
        Assert.AreEqual("reset", string.Join(' ', initial.Commands.Select(command => command.Name)));
        Assert.IsTrue(initial.Relationships.Contains(new ResourceRelationship { ResourceName = "main", Type = "Reference" }));
        Assert.EndsWith("Api.csproj", initial.Properties.Single(property => property.Name == "project.path").Value.StringValue);

        await application.ResourceNotifications.PublishUpdateAsync(project.Resource, snapshot => snapshot with
        {
            State = new ResourceStateSnapshot(KnownResourceStates.Running, KnownResourceStateStyles.Success),
            Urls = [new UrlSnapshot("http", "http://localhost:8000", IsInternal: false)],
            Properties = [.. snapshot.Properties, new ResourcePropertySnapshot("executable.pid", 42), new ResourcePropertySnapshot("key", "x") { IsSensitive = true }],
        });

        Capibara6.ResourceService.V1.Resource? running;
        do
        {
            Assert.IsTrue(await call.ResponseStream.MoveNext(Token));
            running = call.ResponseStream.Current.Changes.Value.LastOrDefault(change => change.Upsert.Name == id)?.Upsert;
        }
        while (running?.State != "Running");
        Assert.AreEqual("success", running.StateStyle);
        Assert.AreEqual("http://localhost:8000", running.Urls.Single().FullUrl);
        Assert.AreEqual(42, running.Properties.Single(property => property.Name == "executable.pid").Value.NumberValue);
        Assert.IsTrue(running.Properties.Single(property => property.Name == "key").IsSensitive);
    }

    [TestMethod]
    public async Task WatchResourceConsoleLogs_WithoutFollowing_GivesWhatIsKeptAndEnds()
    {
        await using var builder = HostingTest.RunMode(s_service);
        var tool = builder.AddExecutable("tool", "true", ".");
        await using var application = await StartAsync(builder);
        var loggers = application.Services.GetRequiredService<ResourceLoggerService>();
        loggers.Append("tool", "out", isError: false);
        loggers.Append("tool", new string('x', 600_000), isError: true);
        using var channel = await ConnectAsync(application);
        using var call = new DashboardService.DashboardServiceClient(channel).WatchResourceConsoleLogs(
            new WatchResourceConsoleLogsRequest { ResourceName = tool.Resource.Name, SuppressFollow = true }, Key("key"), cancellationToken: Token);

        var lines = new List<ConsoleLogLine>();
        await foreach (var update in call.ResponseStream.ReadAllAsync(Token))
        {
            lines.AddRange(update.LogLines);
        }

        Assert.HasCount(2, lines);
        Assert.EndsWith("out", lines[0].Text);
        Assert.AreEqual(2, lines[1].LineNumber);
        Assert.IsTrue(lines[1].IsStdErr);
    }

    [TestMethod]
    public async Task ExecuteResourceCommand_SaysHowItEnded()
    {
        await using var builder = HostingTest.RunMode(s_service);
        builder.AddContainer("cache", "image")
            .WithCommand("good", "Good", _ => Task.FromResult(CommandResults.Success("done", "{}", CommandResultFormat.Json)))
            .WithCommand("bad", "Bad", _ => throw new InvalidOperationException("broken"));
        await using var application = await StartAsync(builder);
        using var channel = await ConnectAsync(application);
        var client = new DashboardService.DashboardServiceClient(channel);

        var good = await client.ExecuteResourceCommandAsync(new ResourceCommandRequest { ResourceName = "cache", CommandName = "good" }, Key("key"), cancellationToken: Token);
        var bad = await client.ExecuteResourceCommandAsync(new ResourceCommandRequest { ResourceName = "cache", CommandName = "bad" }, Key("key"), cancellationToken: Token);

        Assert.AreEqual(ResourceCommandResponseKind.Succeeded, good.Kind);
        Assert.AreEqual("done", good.Message);
        Assert.AreEqual(ResourceCommandResultFormat.Json, good.Result.Format);
        Assert.AreEqual(ResourceCommandResponseKind.Failed, bad.Kind);
        Assert.AreEqual("broken", bad.Message);
    }

    [TestMethod]
    public async Task Stop_StreamsAreOpen_EndsThemAndReturns()
    {
        await using var builder = HostingTest.RunMode(s_service);
        await using var application = await StartAsync(builder);
        using var channel = await ConnectAsync(application);
        var client = new DashboardService.DashboardServiceClient(channel);
        using var interactions = client.WatchInteractions(Key("key"), cancellationToken: Token);
        using var resources = client.WatchResources(new WatchResourcesRequest(), Key("key"), cancellationToken: Token);
        Assert.IsTrue(await resources.ResponseStream.MoveNext(Token));

        await application.StopAsync(Token);

        Assert.IsFalse(await resources.ResponseStream.MoveNext(Token));
        Assert.IsFalse(await interactions.ResponseStream.MoveNext(Token));
    }

    [TestMethod]
    [DataRow(null)]
    [DataRow("wrong")]
    public async Task AnyCall_WithoutTheKey_IsUnauthenticated(string? key)
    {
        await using var builder = HostingTest.RunMode(s_service);
        await using var application = await StartAsync(builder);
        using var channel = await ConnectAsync(application);
        var client = new DashboardService.DashboardServiceClient(channel);

        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await client.GetApplicationInformationAsync(new ApplicationInformationRequest(), Key(key), cancellationToken: Token));
        var information = await client.GetApplicationInformationAsync(new ApplicationInformationRequest(), Key("key"), cancellationToken: Token);

        Assert.AreEqual(StatusCode.Unauthenticated, error.StatusCode);
        Assert.AreEqual("Capibara6.Tests", information.ApplicationName);
    }

    [TestMethod]
    [DataRow("http://example.org:1000")]
    [DataRow("nonsense")]
    public async Task Address_NotOnThisMachine_IsRefused(string address)
    {
        await using var builder = HostingTest.RunMode("--ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL=" + address);

        var error = await Assert.ThrowsAsync<ArgumentException>(() => builder.BuildAsync(Token));

        Assert.Contains($"'{address}'", error.Message);
    }

    [TestMethod]
    public async Task Port_Taken_LetsTheApplicationRun()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        await using var builder = HostingTest.RunMode($"--ASPIRE_RESOURCE_SERVICE_ENDPOINT_URL=http://localhost:{((IPEndPoint)listener.LocalEndpoint).Port}");

        await using var application = await StartAsync(builder);

        await Assert.ThrowsAsync<IOException>(() => application.Services.GetRequiredService<ResourceServiceHost>().GetAddressAsync(Token));
    }

    private static Metadata Key(string? key) => key is null ? [] : new Metadata { { "x-resource-service-api-key", key } };

    private async Task<DistributedApplication> StartAsync(Aspire.Hosting.Testing.IDistributedApplicationTestingBuilder builder)
    {
        var application = await builder.BuildAsync(Token);
        await application.StartAsync(Token);
        return application;
    }

    private async Task<GrpcChannel> ConnectAsync(DistributedApplication application) =>
        GrpcChannel.ForAddress(await application.Services.GetRequiredService<ResourceServiceHost>().GetAddressAsync(Token));
}
