var builder = DistributedApplication.CreateBuilder(args);

var database = builder.AddPostgres("postgres").WithDataVolume().AddDatabase("capibara6");
var redis = builder.AddRedis("redis");

builder.AddProject<Projects.Capibara6_Worker>("capibara6-worker")
    .WithReference(database).WithReference(redis)
    .WaitFor(database).WaitFor(redis);

builder.AddProject<Projects.Capibara6_Api>("capibara6-api")
    .WithReference(database).WithReference(redis)
    .WaitFor(database).WaitFor(redis);

builder.AddProject<Projects.Capibara6_GraphQL>("capibara6-graphql")
    .WithReference(database).WithReference(redis)
    .WaitFor(database).WaitFor(redis);

builder.Build().Run();
