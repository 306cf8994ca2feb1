using System.Net;
using Capibara6.Core;
using Capibara6.Core.Identity;
using Capibara6.ServiceDefaults.Access;
using Microsoft.AspNetCore.Authentication;

namespace Capibara6.GraphQLApi.Subscriptions;

/// <summary>What a connection showed, to be checked again while it lasts. It never leaves the memory.</summary>
internal sealed class ConnectionCredential
{
    private const string ApiKeyHeader = "X-API-Key";
    private readonly string _header;
    private readonly string _value;

    private readonly IPAddress? _address;

    private ConnectionCredential(string header, string value, HttpContext connection)
    {
        _header = header;
        _value = value;
        _address = connection.Connection.RemoteIpAddress;
    }

    /// <summary>That of the request; null for one that needs none (Development, on this machine).</summary>
    public static ConnectionCredential? OfRequest(HttpContext context) =>
        context.Request.Headers.Authorization is { Count: 1 } authorization ? OfAuthorization(authorization.ToString(), context)
        : context.Request.Headers[ApiKeyHeader] is { Count: 1 } key ? OfApiKey(key.ToString(), context)
        : null;

    public static ConnectionCredential OfAuthorization(string value, HttpContext connection) => new("Authorization", value, connection);

    public static ConnectionCredential OfApiKey(string value, HttpContext connection) => new(ApiKeyHeader, value, connection);

    /// <summary>A request that shows it.</summary>
    public HttpContext ToRequest(IServiceProvider services)
    {
        var context = new DefaultHttpContext { RequestServices = services };
        context.Connection.RemoteIpAddress = _address;
        context.Request.Headers[_header] = _value;
        return context;
    }

    public override string ToString() => nameof(ConnectionCredential);
}

/// <summary>Says whom a connection is from, and when that ends: a token expires, an account is closed, a key is revoked.</summary>
internal sealed class ConnectionCredentials(IServiceScopeFactory scopes, TimeProvider time)
{
    public static Failure Ended { get; } = new(
        FailureCodes.Unauthenticated, FailureKind.Unauthenticated, "The credential of this connection counts no more; connect again with another.");

    /// <summary>Null when it doesn't count, or not for this API.</summary>
    public async Task<AccessIdentity?> CheckAsync(ConnectionCredential credential)
    {
        await using var scope = scopes.CreateAsyncScope();
        var request = credential.ToRequest(scope.ServiceProvider);
        var result = await request.AuthenticateAsync();
        return result.Succeeded && request.Features.Get<AccessIdentity>() is { } identity && identity.Permissions.Contains(Permissions.GraphQLAccess)
            ? identity
            : null;
    }

    /// <summary>Ends when the credential does, or the connection. A database that is away is no reason: nobody can say then.</summary>
    public async Task WatchAsync(ConnectionCredential? credential, TimeSpan interval, CancellationToken cancellationToken)
    {
        try
        {
            do
            {
                await Task.Delay(credential is null ? Timeout.InfiniteTimeSpan : interval, time, cancellationToken);
            }
            while (await StillCountsAsync(credential!));
        }
        catch (OperationCanceledException)
        {
            // The connection has ended.
        }
    }

    private async Task<bool> StillCountsAsync(ConnectionCredential credential)
    {
        await using var scope = scopes.CreateAsyncScope();
        var request = credential.ToRequest(scope.ServiceProvider);
        var result = await request.AuthenticateAsync();
        if (result.Succeeded)
        {
            return true;
        }

        await request.ChallengeAsync();
        return request.Response.StatusCode != StatusCodes.Status401Unauthorized;
    }
}
