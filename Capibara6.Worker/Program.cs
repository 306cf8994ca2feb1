using Capibara6.Core;
using Capibara6.Core.Data;
using Capibara6.Worker.Jobs;
using Capibara6.Worker.Migrations;

var builder = WebApplication.CreateBuilder(args);

builder.AddServiceDefaults();
builder.AddNpgsqlDbContext<Capibara6DbContext>(
    "capibara6", static settings => settings.ConnectionString = DataServiceCollectionExtensions.WithPool(settings.ConnectionString));
builder.AddRedisClient("redis");

builder.Services.AddCapibara6Core();

// A release migrates first, in a process of its own that does nothing else.
var migrateOnly = args.Contains(MigrationRun.Switch);
builder.Services.AddMigrations(stopWhenDone: migrateOnly);
if (!migrateOnly)
{
    builder.Services.AddJobRunner();
}

var app = builder.Build();

app.MapDefaultEndpoints();

app.Run();
