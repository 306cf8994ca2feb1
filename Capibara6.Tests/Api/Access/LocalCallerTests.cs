using System.Net;
using System.Net.Http.Json;
using Capibara6.Core.Data;
using Capibara6.Core.Identity;
using Capibara6.Core.Identity.Accounts;
using Capibara6.Core.Identity.ApiKeys;
using Capibara6.Core.Identity.Audit;
using Capibara6.Tests.Core.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Capibara6.Tests.Api.Access;

/// <summary>Whoever sits at a developer's machine may ask without credentials, and makes nothing that outlives the visit.</summary>
[TestClass]
public sealed class LocalCallerTests
{
    private TestDatabase _database = null!;
    private AccessHost _host = null!;
    private HttpClient _local = null!;

    public TestContext TestContext { get; set; } = null!;

    private CancellationToken Cancellation => TestContext.CancellationToken;

    [TestInitialize]
    public async Task StartAsync()
    {
        _database = await MigratedDatabase.CreateAsync(Cancellation);

        // The widest role that could be set: what it may not do here, no local caller may.
        _host = new AccessHost { Database = _database.ConnectionString, HostEnvironment = Environments.Development, Settings = { ["Access:LocalRole"] = "admin" } };
        _local = _host.ClientWith(null);
        _local.DefaultRequestHeaders.Add(AccessHost.RemoteAddressHeader, "127.0.0.1");
    }

    [TestCleanup]
    public async Task StopAsync()
    {
        _local.Dispose();
        await _host.DisposeAsync();
        await _database.DisposeAsync();
    }

    [TestMethod]
    public async Task LocalCaller_MayAskAndMakesNothingThatLasts()
    {
        Assert.AreEqual(HttpStatusCode.OK, (await _local.PostAsJsonAsync("/api/v1/query", new { query = "x" }, Cancellation)).StatusCode);
        Assert.AreEqual(HttpStatusCode.OK, await AccessHost.StatusAsync(_local, "/api/v1/models", Cancellation));
        Assert.AreEqual(HttpStatusCode.OK, await AccessHost.StatusAsync(_local, "/api/v1/batch", Cancellation));

        foreach (var (method, path, body) in new (string, string, object?)[]
        {
            ("POST", "/auth/api-keys", new { name = "for ever" }),
            ("POST", "/auth/password", new { current_password = "x", new_password = "a long new secret" }),
            ("GET", "/auth/users", null),
            ("POST", "/auth/users", new { username = "evil", password = "a long new secret", roles = new[] { "admin" } }),
            ("GET", "/auth/audit", null),
            ("POST", "/auth/signing-keys", new { }),
            ("DELETE", "/api/v1/cache", null),
            ("GET", "/health/detailed", null),
        })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = body is null ? null : JsonContent.Create(body) };
            using var response = await _local.SendAsync(request, Cancellation);
            Assert.AreEqual(HttpStatusCode.Forbidden, response.StatusCode, $"{method} {path}");
        }
    }

    [TestMethod]
    public async Task Key_ThatTheLocalCallerMadeOnce_CountsNowhereAnyMore()
    {
        Assert.AreEqual(HttpStatusCode.OK, await AccessHost.StatusAsync(_local, "/api/v1/models", Cancellation));
        await using var scope = _host.Services.CreateAsyncScope();
        var account = await scope.ServiceProvider.GetRequiredService<Capibara6DbContext>().Set<Account>()
            .SingleAsync(found => found.ExternalId == "development/local", Cancellation);
        var made = IdentityReplica.Value(await scope.ServiceProvider.GetRequiredService<IApiKeys>().CreateAsync(
            new Caller(account.Id, "local", Roles.PermissionsOf([Roles.User])), new ApiKeyDraft("from before", null, null, null), RequestOrigin.None, Cancellation));

        await using var production = new AccessHost { Database = _database.ConnectionString, Settings = { ["Identity:Issuer"] = "http://localhost:8000" } };
        await RemoveDemoAccountsAsync();
        using var thief = production.ClientWith(made.Key);

        Assert.AreEqual(HttpStatusCode.Unauthorized, await AccessHost.StatusAsync(thief, "/api/v1/models", Cancellation));
    }

    private async Task RemoveDemoAccountsAsync()
    {
        await using var scope = _host.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<Capibara6DbContext>().Set<Account>().Where(account => account.ExternalId == null)
            .ExecuteDeleteAsync(Cancellation);
    }
}
