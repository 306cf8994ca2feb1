using Capibara6.Hosting.Deployment;
using Capibara6.Hosting.LocalServers;
using Capibara6.Hosting.Publishing;

// Capibara6 on one page: what runs, who talks to whom, and how it is deployed. The same page
//   runs it here:         dotnet run --project Capibara6.AppHost
//   deploys it:           dotnet run --project Capibara6.AppHost -- --publisher kubernetes      (or docker-compose, manifest)
// A reference is also a permission: what a service doesn't refer to here, it can't reach there.
var builder = DistributedApplication.CreateBuilder(args);
builder.AddLocalServers().AddKubernetesPublisher().AddComposePublisher();

var domain = builder.AddDefaultedParameter("domain", "capibara6.example");
var adminPassword = builder.AddParameter(
    "admin-password", new GenerateParameterDefault { MinLength = 22, Special = false }, secret: true, persist: true);

// Accounts, keys, jobs, results and playbooks: the truth, and the only thing that can't be lost. A replica has two pools of 8.
var postgres = builder.AddPostgres("postgres").WithDataVolume().WithRoomForConnections(perReplica: 16)
    .WithResources(cpu: "1", memory: "2Gi").WithVolumeSize("50Gi").WithBackups("30 1 * * *", keepDays: 14);
var database = postgres.AddDatabase("capibara6");

// Measurements over time. The image comes before the volume, whose place depends on PostgreSQL's version.
var timescale = builder.AddPostgres("timescaledb").WithImage("timescale/timescaledb", "2.30.0-pg17").WithDataVolume()
    .WithResources(cpu: "500m", memory: "2Gi").WithVolumeSize("50Gi").WithBackups("30 2 * * *", keepDays: 7);
var metrics = timescale.AddDatabase("metrics");

// Shared cache, rate limits, wake-ups: without it the system is slower, and still right.
// Without TLS: like everything here it listens on this machine only, and in its own network when deployed.
var redis = builder.AddRedis("redis").WithoutHttpsCertificate().WithDataVolume()
    .WithResources(cpu: "250m", memory: "512Mi").WithVolumeSize("5Gi");

// Anything that speaks OpenAI's protocol; here, an emulator of it unless models-endpoint and models-key say otherwise. The names are
// those that it knows its two models by.
var models = builder.AddModels<Projects.Capibara6_ModelEmulator>("models");
var small = builder.AddDefaultedParameter("models-20b", "capibara6-20b");
var large = builder.AddDefaultedParameter("models-120b", "capibara6-120b");

// What every service talks to, and so may reach. Of each connection it gets what it uses: the connection string, and no copies
// of its parts.
IResourceBuilder<ProjectResource> Connect(IResourceBuilder<ProjectResource> service) => service
    .WithReferenceEnvironment(ReferenceEnvironmentInjectionFlags.ConnectionString)
    .WithReference(database).WithReference(metrics).WithReference(redis).WithReference(models)
    .WaitFor(database).WaitFor(metrics).WaitFor(redis)
    // Measurements and details of health are for the cluster only: no ingress leads to this port.
    .WithManagementPort("Management__Port", 9090)
    .WithEnvironment("Models__Small", small).WithEnvironment("Models__Large", large);

// Works off batches, migrates the databases, rolls measurements up.
var worker = Connect(builder.AddProject<Projects.Capibara6_Worker>("capibara6-worker"))
    .WithHttpEndpoint().WithHttpHealthCheck("/health").WithProbes(startup: "/alive", liveness: "/alive")
    .WithReplicas(3).WithQueueAutoscaling(min: 3, max: 8, metric: "capibara6_jobs_pending", itemsPerReplica: 20)
    .WithResources(cpu: "250m", memory: "256Mi", memoryLimit: "512Mi")
    .WithMigrations("--migrate-only")
    .WithLinks().WithMigrateCommand("--migrate-only");

var api = Connect(builder.AddProject<Projects.Capibara6_Api>("capibara6-api"))
    .WithHttpEndpoint(port: 8000).WithExternalHttpEndpoints().WithHttpHealthCheck("/health").WithProbes(startup: "/alive", liveness: "/alive")
    .WithReplicas(3).WithAutoscaling(min: 3, max: 10, cpu: 70, memory: 80)
    // Batches may have 200 MiB; each goes to a temporary file first.
    .WithResources(cpu: "250m", memory: "384Mi", memoryLimit: "512Mi", ephemeralStorage: "1Gi").WithRequestBodies(mebibytes: 200)
    .WithLongestAnswer("Shutdown__Timeout", TimeSpan.FromMinutes(5))
    // Where the first account is made.
    .WithEnvironment("Identity__AdminPassword", adminPassword)
    .WithIngress("api", domain, "/api", "/auth", "/v1", "/.well-known", "/health", "/alive")
    .WithLinks(("REST docs", "/api/v1/docs"), ("OpenAPI", "/api/v1/openapi.json")).WithApiCommands(adminPassword);

var graphql = Connect(builder.AddProject<Projects.Capibara6_GraphQL>("capibara6-graphql"))
    .WithHttpEndpoint(port: 8001).WithExternalHttpEndpoints().WithHttpHealthCheck("/health").WithProbes(startup: "/alive", liveness: "/alive")
    .WithReplicas(2).WithAutoscaling(min: 2, max: 6, cpu: 70, memory: 80)
    .WithResources(cpu: "250m", memory: "384Mi", memoryLimit: "512Mi")
    .WithLongestAnswer("Shutdown__Timeout", TimeSpan.FromMinutes(5))
    .WithIngress("graphql", domain, "/graphql", "/health", "/alive")
    .WithLinks(("GraphQL", "/graphql"));

if (builder.ExecutionContext.IsPublishMode)
{
    foreach (var service in new[] { worker, api, graphql })
    {
        service.WithEnvironment("Identity__Issuer", $"https://api.{domain}");
        // What waits to be written down has to find room in a container's scratch folder.
        service.WithEnvironment("Usage__SpoolBytes", "67108864");
    }
}

// Whose X-Forwarded-For names the client: the proxy of this machine's here, the ingress or nginx when deployed, which
// private networks hold. Nobody else's does, or a client would choose the address that its limits count.
var proxies = builder.AddDefaultedParameter("proxy-networks", builder.ExecutionContext.IsRunMode
    ? "127.0.0.0/8,::1/128"
    : "10.0.0.0/8,100.64.0.0/10,172.16.0.0/12,192.168.0.0/16,fc00::/7");
foreach (var surface in new[] { api, graphql })
{
    surface.WithEnvironment("Access__KnownNetworks__0", proxies);
    if (builder.ExecutionContext.IsRunMode)
    {
        // The first query needs no log-in: whoever sits at this machine could use the demo accounts anyway.
        surface.WithEnvironment("Access__LocalRole", "user");
        // Deployed, a job of its own has migrated before; here the worker does it, and is healthy when it is done.
        surface.WaitFor(worker);
    }
    else
    {
        // While Redis is away, each replica allows its share of a limit.
        surface.WithReplicaCount("RateLimits__Replicas");
    }
}

// Prometheus, Alertmanager, Grafana and Jaeger, when deployed, with the alerts and dashboards of that folder; and, for a deployment that
// takes it, the dashboard that runs have.
builder.AddMonitoring("monitoring", domain).AddTelemetryDashboard();

builder.Build().Run();
