using Capibara6.Hosting.Deployment;

// Capibara6 on one page: what runs, who talks to whom, and how it is deployed. The same page
//   runs it here:         dotnet run --project Capibara6.AppHost
//   deploys it:           dotnet run --project Capibara6.AppHost -- --publisher kubernetes      (or docker-compose, manifest)
// A reference is also a permission: what a service doesn't refer to here, it can't reach there.
var builder = DistributedApplication.CreateBuilder(args);

var domain = builder.AddParameter("domain", "capibara6.example", publishValueAsDefault: true);
var adminPassword = builder.AddParameter(
    "admin-password", new GenerateParameterDefault { MinLength = 22, Special = false }, secret: true, persist: true);

// Accounts, keys, jobs, results and playbooks: the truth, and the only thing that can't be lost. It has room for the pools of
// every replica at its largest.
var postgres = builder.AddPostgres("postgres").WithDataVolume().WithArgs("-c", "max_connections=450")
    .WithResources(cpu: "1", memory: "2Gi").WithVolumeSize("50Gi").WithBackups("30 1 * * *", keepDays: 14);
var database = postgres.AddDatabase("capibara6");

// Measurements over time. The image comes before the volume, whose place depends on PostgreSQL's version.
var timescale = builder.AddPostgres("timescaledb").WithImage("timescale/timescaledb", "2.30.0-pg17").WithDataVolume()
    .WithResources(cpu: "500m", memory: "2Gi").WithVolumeSize("50Gi").WithBackups("30 2 * * *", keepDays: 7);
var metrics = timescale.AddDatabase("metrics");

// Shared cache, rate limits, wake-ups: without it the system is slower, and still right.
var redis = builder.AddRedis("redis").WithDataVolume()
    .WithResources(cpu: "250m", memory: "512Mi").WithVolumeSize("5Gi");

// Anything that speaks OpenAI's protocol; here, an emulator of it unless models-endpoint and models-key say otherwise.
var models = builder.AddModels<Projects.Capibara6_ModelEmulator>("models");

// Works off batches, migrates the databases, rolls measurements up.
var worker = builder.AddProject<Projects.Capibara6_Worker>("capibara6-worker")
    .WithReference(database).WithReference(metrics).WithReference(redis).WithReference(models)
    .WaitFor(database).WaitFor(metrics).WaitFor(redis)
    .WithHttpEndpoint().WithHttpHealthCheck("/health")
    .WithReplicas(3).WithQueueAutoscaling(min: 3, max: 8, metric: "capibara6_jobs_pending", itemsPerReplica: 20)
    .WithResources(cpu: "250m", memory: "256Mi", memoryLimit: "512Mi")
    .WithMigrations("--migrate-only");

var api = builder.AddProject<Projects.Capibara6_Api>("capibara6-api")
    .WithReference(database).WithReference(metrics).WithReference(redis).WithReference(models)
    .WaitFor(database).WaitFor(metrics).WaitFor(redis)
    .WithHttpEndpoint(port: 8000).WithExternalHttpEndpoints().WithHttpHealthCheck("/health")
    .WithReplicas(3).WithAutoscaling(min: 3, max: 10, cpu: 70, memory: 80)
    .WithResources(cpu: "250m", memory: "384Mi", memoryLimit: "512Mi")
    .WithIngress("api", domain, "/api", "/auth", "/v1", "/.well-known", "/health", "/alive");

var graphql = builder.AddProject<Projects.Capibara6_GraphQL>("capibara6-graphql")
    .WithReference(database).WithReference(metrics).WithReference(redis).WithReference(models)
    .WaitFor(database).WaitFor(metrics).WaitFor(redis)
    .WithHttpEndpoint(port: 8001).WithExternalHttpEndpoints().WithHttpHealthCheck("/health")
    .WithReplicas(2).WithAutoscaling(min: 2, max: 6, cpu: 70, memory: 80)
    .WithResources(cpu: "250m", memory: "384Mi", memoryLimit: "512Mi")
    .WithIngress("graphql", domain, "/graphql", "/health", "/alive");

foreach (var service in new[] { worker, api, graphql })
{
    // Of each connection, services get what they use: the connection string, and no copies of its parts.
    service.WithReferenceEnvironment(ReferenceEnvironmentInjectionFlags.ConnectionString)
        .WithEnvironment("Identity__AdminPassword", adminPassword);
    if (builder.ExecutionContext.IsPublishMode)
    {
        service.WithEnvironment("Identity__Issuer", $"https://api.{domain}");
    }
}

// Whose X-Forwarded-For names the client: the proxy of this machine's here, the ingress or nginx when deployed, which
// private networks hold. Nobody else's does, or a client would choose the address that its limits count.
var proxies = builder.AddParameter("proxy-networks", builder.ExecutionContext.IsRunMode
    ? "127.0.0.0/8,::1/128"
    : "10.0.0.0/8,100.64.0.0/10,172.16.0.0/12,192.168.0.0/16,fc00::/7", publishValueAsDefault: true);
foreach (var surface in new[] { api, graphql })
{
    surface.WithEnvironment("Access__KnownNetworks__0", proxies);
    if (builder.ExecutionContext.IsRunMode)
    {
        // The first query needs no log-in: whoever sits at this machine could use the demo accounts anyway.
        surface.WithEnvironment("Access__LocalRole", "user");
    }
    else
    {
        // While Redis is away, each replica allows its share of a limit.
        surface.WithEnvironment("RateLimits__Replicas", "3");
    }
}

// Prometheus, Grafana and Jaeger, when deployed.
builder.AddMonitoring(domain);

builder.Build().Run();
