using Capibara6.Core;
using Capibara6.Core.Data;
using Capibara6.GraphQLApi.Access;
using Capibara6.GraphQLApi.Schema;
using Capibara6.GraphQLApi.Transport;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddNpgsqlDbContext<Capibara6DbContext>("capibara6", static settings =>
{
    settings.ConnectionString = DataServiceCollectionExtensions.WithPool(settings.ConnectionString);
    settings.CommandTimeout = DataServiceCollectionExtensions.RequestCommandTimeout;
});
builder.AddRedisClient("redis");
builder.Services.AddCapibara6Core();
builder.AddGraphQLAccess();
builder.Services.AddCapibara6Schema();
builder.Services.AddGraphQLTransport();

var app = builder.Build();
app.UseFrontDoor();
app.UseAccess();
app.MapDefaultEndpoints();
app.MapGraphQL("/graphql");

app.Run();
