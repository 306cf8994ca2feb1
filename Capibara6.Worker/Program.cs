using Capibara6.Core;
using Capibara6.Worker.Duties;
using Capibara6.Worker.Jobs;
using Capibara6.Worker.Migrations;
using Capibara6.Worker.Reflection;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddMainDatabase();
builder.AddRedisClient("redis");

builder.Services.AddCapibara6Core();

// A release migrates first, in a process of its own that does nothing else.
var migrateOnly = args.Contains(MigrationRun.Switch);
builder.Services.AddMigrations(stopWhenDone: migrateOnly);
if (!migrateOnly)
{
    builder.Services.AddJobRunner();
    builder.Services.AddDuties();
    builder.Services.AddHostedService<ReflectionService>();
}

var app = builder.Build();

app.MapDefaultEndpoints();

app.RunUntilStopped();
