using System.Net.Http.Json;
using System.Text.Json;
using Capibara6.Core.Data;
using Capibara6.Core.Identity;
using Capibara6.Core.Identity.Accounts;
using Capibara6.Core.Identity.ApiKeys;
using Capibara6.Core.Identity.Audit;
using Capibara6.GraphQLApi.Schema;
using Capibara6.Tests.Core.Identity;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Capibara6.Tests.GraphQL;

/// <summary>Whoever sits at a developer's machine may ask over GraphQL without credentials as over REST, and makes nothing that lasts.</summary>
[TestClass]
public sealed class LocalCallerTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task LocalCaller_MayAskAndChangesNothing()
    {
        await using var database = await MigratedDatabase.CreateAsync(Token);
        await using var host = new DevelopmentHost(database.ConnectionString);
        host.UseKestrel(0);
        host.StartServer();
        using var client = host.CreateClient();
        using var models = await client.SendQueryAsync("{ models { id } }", null, Token);
        Assert.IsFalse((await models.Content.ReadFromJsonAsync<JsonElement>(Token)).TryGetProperty("errors", out _), "no credentials are needed");
        var key = await KeyFromBeforeAsync(host.Services);

        foreach (var (mutation, code) in new[]
        {
            ("""createApiKey(input: {name: "for ever"}) { key }""", "forbidden"),
            ($$"""revokeApiKey(id: "{{key.Id}}") { id }""", "api_key_not_found"),
            ("clearCache", "forbidden"),
        })
        {
            using var response = await client.SendQueryAsync($"mutation {{ {mutation} }}", null, Token);
            var answer = await response.Content.ReadFromJsonAsync<JsonElement>(Token);
            Assert.AreEqual(code, GraphQLClient.CodeOf(answer), answer.ToString());
        }

        await using var scope = host.Services.CreateAsyncScope();
        var kept = await scope.ServiceProvider.GetRequiredService<Capibara6DbContext>().Set<ApiKey>().SingleAsync(Token);
        Assert.AreEqual(key.Id, kept.Id);
        Assert.IsNull(kept.RevokedAt);
    }

    /// <summary>A key of the local account, as it could be made once.</summary>
    private async Task<ApiKeyView> KeyFromBeforeAsync(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        var account = await scope.ServiceProvider.GetRequiredService<Capibara6DbContext>().Set<Account>()
            .SingleAsync(found => found.ExternalId == "development/local", Token);
        return IdentityReplica.Value(await scope.ServiceProvider.GetRequiredService<IApiKeys>().CreateAsync(
            new Caller(account.Id, "local", Roles.PermissionsOf([Roles.User])), new ApiKeyDraft("from before", null, null, null), RequestOrigin.None, Token)).View;
    }

    /// <summary>The service on a developer's machine, with the widest role that could be set.</summary>
    private sealed class DevelopmentHost(string database) : WebApplicationFactory<CapibaraSchema>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseEnvironment(Environments.Development);
            builder.UseSetting("ConnectionStrings:capibara6", database);
            builder.UseSetting("ConnectionStrings:redis", "127.0.0.1:9,abortConnect=false,connectTimeout=100");
            builder.UseSetting("ConnectionStrings:models", "Endpoint=http://127.0.0.1:9/v1");
            builder.UseSetting("Access:LocalRole", Roles.Admin);
            builder.ConfigureLogging(logging => logging.ClearProviders());
        }
    }
}
