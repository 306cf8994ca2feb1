using System.Net;
using Capibara6.ServiceDefaults.Access;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Capibara6.Tests.ServiceDefaults.Access;

[TestClass]
public sealed class LocalCallersTests
{
    [TestMethod]
    [DataRow("127.0.0.1", "localhost:8000", null, null, true)]
    [DataRow("::1", "[::1]:8000", null, null, true)]
    [DataRow("127.0.0.1", "127.0.0.1:8000", "127.0.0.1", null, true, DisplayName = "through the proxy in front of replicas")]
    [DataRow("127.0.0.1", "localhost:8000", "127.0.0.1:49152", null, true, DisplayName = "through the same, by address and port")]
    [DataRow("127.0.0.1", "localhost:8000", "[::1]:49152", null, true, DisplayName = "through the same, by IPv6")]
    [DataRow("127.0.0.1", "localhost:8000", "203.0.113.9:49152", null, false)]
    [DataRow("127.0.0.1", "localhost:8000", null, "http://localhost:8000", true, DisplayName = "from our own documentation page")]
    [DataRow("192.168.1.7", "localhost:8000", null, null, false)]
    [DataRow("127.0.0.1", "localhost:8000", "203.0.113.9", null, false, DisplayName = "from outside through a proxy")]
    [DataRow("127.0.0.1", "localhost:8000", "127.0.0.1, 203.0.113.9", null, false)]
    [DataRow("127.0.0.1", "rebound.example", null, null, false, DisplayName = "by DNS rebinding")]
    [DataRow("127.0.0.1", "localhost.example", null, null, false)]
    [DataRow("127.0.0.1", "localhost:8000", null, "https://example.org", false, DisplayName = "from another site's page")]
    [DataRow("127.0.0.1", "localhost:8000", null, "null", false, DisplayName = "from a sandboxed page")]
    public void IsLocal_Request_CountsOnlyFromThisMachine(string address, string host, string? forwardedFor, string? origin, bool expected)
    {
        var context = Request(address, host);
        if (forwardedFor is not null)
        {
            context.Request.Headers["X-Forwarded-For"] = forwardedFor;
        }

        if (origin is not null)
        {
            context.Request.Headers.Origin = origin;
        }

        Assert.AreEqual(expected, LocalCallers.IsLocal(context));
    }

    [TestMethod]
    [DataRow("Development", "user", true)]
    [DataRow("Development", null, false)]
    [DataRow("Production", "user", false)]
    [DataRow("Testing", "user", false)]
    public async Task CheckAsync_EnvironmentAndRole_DecideWhetherLocalCallersAreLetIn(string environment, string? role, bool expected)
    {
        var callers = new LocalCallers(
            Options.Create(new AccessOptions { LocalRole = role }), new Place(environment), NullLogger<LocalCallers>.Instance);
        Assert.AreEqual(expected, await callers.CheckAsync(Request("127.0.0.1", "localhost"), new Gate()) is not null);
    }

    [TestMethod]
    public void Validate_LocalRoleOutsideDevelopment_StopsTheStart()
    {
        var options = new AccessOptions { SurfacePermission = "api_access", LocalRole = "user" };
        var refused = new AccessOptionsValidator(new Place("Production")).Validate(null, options);
        Assert.IsTrue(refused.Failed);
        StringAssert.Contains(refused.FailureMessage, "Access:LocalRole");
        Assert.IsTrue(new AccessOptionsValidator(new Place("Development")).Validate(null, options).Succeeded);
    }

    private static DefaultHttpContext Request(string address, string host)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Parse(address);
        context.Request.Host = new HostString(host);
        return context;
    }

    private sealed class Gate : ICredentialGate
    {
        public ValueTask<CredentialVerdict> CheckTokenAsync(string token, string client, CancellationToken cancellationToken) => new(CredentialVerdict.Rejected);

        public ValueTask<CredentialVerdict> CheckApiKeyAsync(string key, string client, CancellationToken cancellationToken) => new(CredentialVerdict.Rejected);

        public ValueTask<CredentialVerdict> CheckLocalAsync(string role, CancellationToken cancellationToken) => new(CredentialVerdict.Rejected);

        public ValueTask<CredentialVerdict> CheckExternalAsync(
            string externalId, string name, IReadOnlyCollection<string> roles, CancellationToken cancellationToken) => new(CredentialVerdict.Rejected);
    }

    private sealed class Place(string name) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = name;
        public string ApplicationName { get; set; } = "test";
        public string ContentRootPath { get; set; } = "/";
        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}
