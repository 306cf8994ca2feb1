using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Tests.Hosting.ApplicationModel;

[TestClass]
public sealed class ProjectTests
{
    private const string Profiles = """
        {
          // as editors write it
          "profiles": {
            "IIS": { "commandName": "IISExpress", "applicationUrl": "http://localhost:1" },
            "web": {
              "commandName": "Project",
              "applicationUrl": "http://localhost:5100;http://localhost:5101",
              "environmentVariables": { "ASPNETCORE_ENVIRONMENT": "Development", "MINE": "profile" }
            },
            "other": { "commandName": "Project", "applicationUrl": "https://localhost:5200" },
          }
        }
        """;

    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task AddProject_LaunchProfile_GivesEndpointsAndVariables()
    {
        using var folder = new TemporaryFolder();
        folder.Write("Properties/launchSettings.json", Profiles);
        await using var builder = HostingTest.RunMode();
        var project = builder.AddProject("api", folder.Write("Api.csproj", "<Project />")).WithEnvironment("MINE", "program");
        await using var application = await builder.BuildAsync(TestContext.CancellationToken);
        HostingTest.Allocate(project.Resource, 8100);

        var environment = (await HostingTest.ConfigurationAsync(
            application, project.Resource, TestContext.CancellationToken, ("http", 41001), ("http2", 41002))).Environment;

        Assert.AreEqual("http://localhost:41001;http://localhost:41002", environment["ASPNETCORE_URLS"]);
        Assert.AreEqual("Development", environment["ASPNETCORE_ENVIRONMENT"]);
        Assert.AreEqual("web", environment["DOTNET_LAUNCH_PROFILE"]);
        Assert.AreEqual("program", environment["MINE"]);
        Assert.AreEqual("in_memory", environment["OTEL_DOTNET_EXPERIMENTAL_OTLP_RETRY"]);
        int?[] ports = [.. project.Resource.Annotations.OfType<EndpointAnnotation>().Select(endpoint => endpoint.Port)];
        CollectionAssert.AreEqual(new int?[] { 5100, 5101 }, ports);
    }

    [TestMethod]
    [DataRow("other", "https")]
    [DataRow(null, "")]
    public async Task AddProject_LaunchProfileName_ChoosesOrExcludes(string? profile, string endpoints)
    {
        using var folder = new TemporaryFolder();
        folder.Write("Properties/launchSettings.json", Profiles);
        await using var builder = HostingTest.RunMode();

        var project = builder.AddProject("api", folder.Write("Api.csproj", "<Project />"), profile);

        Assert.AreEqual(endpoints, string.Join(' ', project.Resource.Annotations.OfType<EndpointAnnotation>().Select(endpoint => endpoint.Name)));
    }

    [TestMethod]
    public async Task AddProject_UnknownLaunchProfile_SaysSo()
    {
        using var folder = new TemporaryFolder();
        folder.Write("Properties/launchSettings.json", Profiles);
        await using var builder = HostingTest.RunMode();

        var error = Assert.Throws<DistributedApplicationException>(() => builder.AddProject("api", folder.Write("Api.csproj", "<Project />"), "nope"));

        Assert.AreEqual("Launch profile 'nope' of project 'api' does not exist.", error.Message);
    }

    [TestMethod]
    public async Task AddProject_KestrelEndpoints_AreTakenFromTheSettings()
    {
        using var folder = new TemporaryFolder();
        folder.Write("Properties/launchSettings.json", Profiles);
        folder.Write("appsettings.json", """{ "Kestrel": { "Endpoints": { "Grpc": { "Url": "http://*:5300", "Protocols": "Http2" } } } }""");
        await using var builder = HostingTest.RunMode();
        var project = builder.AddProject("api", folder.Write("Api.csproj", "<Project />"));
        await using var application = await builder.BuildAsync(TestContext.CancellationToken);
        HostingTest.Allocate(project.Resource, 8100);

        var environment = (await HostingTest.ConfigurationAsync(application, project.Resource, TestContext.CancellationToken, ("grpc", 41001))).Environment;

        Assert.AreEqual("http://localhost:41001", environment["Kestrel__Endpoints__grpc__Url"]);
        Assert.IsFalse(environment.ContainsKey("ASPNETCORE_URLS"));
        Assert.AreEqual("http2", project.Resource.Annotations.OfType<EndpointAnnotation>().Single().Transport);
    }

    [TestMethod]
    public async Task Telemetry_WithoutDashboard_IsSentOnlyToAGivenAddress()
    {
        await using var silent = HostingTest.RunMode();
        var quiet = silent.AddProject("api", "Api.csproj", launchProfileName: null);
        await using var without = await silent.BuildAsync(TestContext.CancellationToken);
        await using var spoken = HostingTest.RunMode("--ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL=http://localhost:4317");
        var loud = spoken.AddProject("api", "Api.csproj", launchProfileName: null);
        await using var with = await spoken.BuildAsync(TestContext.CancellationToken);

        var quietly = (await HostingTest.ConfigurationAsync(without, quiet.Resource, TestContext.CancellationToken)).Environment;
        var loudly = (await HostingTest.ConfigurationAsync(with, loud.Resource, TestContext.CancellationToken)).Environment;

        Assert.IsFalse(quietly.ContainsKey("OTEL_EXPORTER_OTLP_ENDPOINT"));
        Assert.AreEqual("http://localhost:4317", loudly["OTEL_EXPORTER_OTLP_ENDPOINT"]);
        Assert.AreEqual("grpc", loudly["OTEL_EXPORTER_OTLP_PROTOCOL"]);
        Assert.AreEqual("api", loudly["OTEL_SERVICE_NAME"]);
        Assert.MatchesRegex("^service.instance.id=[a-z]{8}$", loudly["OTEL_RESOURCE_ATTRIBUTES"]);
        Assert.MatchesRegex("^x-otlp-api-key=[0-9a-f]{32}$", loudly["OTEL_EXPORTER_OTLP_HEADERS"]);
    }
}
