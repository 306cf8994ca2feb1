using Capibara6.Api.Batches;
using Capibara6.Api.ChatCompletions;
using Capibara6.Api.Errors;
using Capibara6.Api.Health;
using Capibara6.Api.Json;
using Capibara6.Api.Limits;
using Capibara6.Api.ModelCatalog;
using Capibara6.Api.OpenApi;
using Capibara6.Api.Queries;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddApiJson().AddApiErrors().AddRequestLimits().AddApiDocument();
builder.Services.AddHealthChecks();
builder.Services.AddSingleton(TimeProvider.System);

var app = builder.Build();
app.UseApiErrors();
app.UseRequestTimeouts();

var api = app.MapGroup("").RefuseBadBodies();
api.MapQueries();
api.MapBatches();
api.MapModels();
api.MapChatCompletions();
api.MapDetailedHealth();
app.MapApiDocument();

app.Run();
