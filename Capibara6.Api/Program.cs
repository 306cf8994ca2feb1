using Capibara6.Api.Access;
using Capibara6.Api.Auth;
using Capibara6.Api.Batches;
using Capibara6.Api.Cache;
using Capibara6.Api.ChatCompletions;
using Capibara6.Api.Errors;
using Capibara6.Api.Health;
using Capibara6.Api.Json;
using Capibara6.Api.Limits;
using Capibara6.Api.Measurements;
using Capibara6.Api.Messages;
using Capibara6.Api.ModelCatalog;
using Capibara6.Api.OpenApi;
using Capibara6.Api.Queries;
using Capibara6.Core;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddMainDatabase(MainDatabaseExtensions.RequestCommandTimeout);
builder.AddRedisClient("redis");
builder.Services.AddCapibara6Core();
builder.AddApiAccess();
builder.Services.AddApiJson().AddApiErrors().AddRequestLimits().AddDetailedHealth().AddApiDocument();
builder.Services.AddSingleton<PassThrough>();

var app = builder.Build();
app.UseFrontDoor();
app.UseApiErrors();
app.UseRequestTimeouts();
app.UseAccess();
app.MapDefaultEndpoints();

var api = app.MapGroup("").RefuseBadBodies();
api.MapAuth();
api.MapApiKeys();
api.MapUsers();
api.MapDiscovery();
api.MapQueries();
api.MapBatches();
api.MapModels();
api.MapMeasurements();
api.MapCache();
api.MapChatCompletions();
api.MapMessages();
api.MapDetailedHealth();
app.MapApiDocument();

app.RunUntilStopped();
