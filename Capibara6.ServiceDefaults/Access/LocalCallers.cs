using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Capibara6.ServiceDefaults.Access;

/// <summary>
/// In Development, whoever sits at this machine may ask without credentials, with the role of <see cref="AccessOptions.LocalRole"/>.
/// The product lets them ask and nothing else: no keys, no accounts, no password. A page of another site gets nothing:
/// the request must come from loopback, through proxies on loopback only, under a loopback name, and from no foreign origin.
/// </summary>
internal sealed class LocalCallers(IOptions<AccessOptions> options, IHostEnvironment environment, ILogger<LocalCallers> logger)
{
    private readonly string? _role = environment.IsDevelopment() ? Announce(options.Value.LocalRole, logger) : null;

    /// <returns>Null when the request has to bring credentials.</returns>
    public async ValueTask<CredentialVerdict?> CheckAsync(HttpContext context, ICredentialGate gate) =>
        _role is not null && IsLocal(context)
            ? await gate.CheckLocalAsync(_role, context.RequestAborted)
            : null;

    internal static bool IsLocal(HttpContext context)
    {
        var request = context.Request;
        return context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
            && request.Headers["X-Forwarded-For"].Concat(request.Headers["X-Original-For"]).All(IsLoopbackList)
            && !request.Headers.ContainsKey("Forwarded")
            && IsLoopbackName(request.Host.Host)
            && request.Headers.Origin.All(origin => Uri.TryCreate(origin, UriKind.Absolute, out var uri) && IsLoopbackName(uri.Host));
    }

    private static bool IsLoopbackList(string? addresses) =>
        (addresses ?? string.Empty).Split(',').All(text =>
            IPEndPoint.TryParse(text.Trim(), out var client) && IPAddress.IsLoopback(client.Address));

    // By name, not by look-up: a foreign name that resolves to 127.0.0.1 is how a web page reaches for local services.
    private static bool IsLoopbackName(string host) =>
        string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private static string? Announce(string? role, ILogger logger)
    {
        if (role is not null)
        {
            AccessLog.LocalCallersWelcome(logger, role);
        }

        return role;
    }
}

internal static partial class AccessLog
{
    [LoggerMessage(EventId = 1480, Level = LogLevel.Warning,
        Message = "Development: requests from this machine need no credentials and have the role {Role} (Access:LocalRole)")]
    public static partial void LocalCallersWelcome(ILogger logger, string role);
}
