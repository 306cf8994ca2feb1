using Capibara6.Core;
using Capibara6.GraphQLApi.Access;
using Capibara6.GraphQLApi.GraphiQL;
using Capibara6.GraphQLApi.Schema;
using Capibara6.GraphQLApi.Transport;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddMainDatabase(MainDatabaseExtensions.RequestCommandTimeout);
builder.AddRedisClient("redis");
builder.Services.AddCapibara6Core();
builder.AddGraphQLAccess();
builder.Services.AddCapibara6Schema();
builder.Services.AddGraphQLTransport();
builder.Services.AddGraphiQL();

var app = builder.Build();
app.UseFrontDoor();
app.UseAccess();
app.UseWebSockets();
app.UseResponseCompression();
app.MapDefaultEndpoints();
app.MapGraphQL("/graphql");
app.MapGraphiQL("/graphql");

app.RunUntilStopped();
