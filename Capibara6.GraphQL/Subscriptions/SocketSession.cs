using System.Collections.Concurrent;
using System.Text.Json;
using Capibara6.Core.RateLimiting;
using Capibara6.GraphQLApi.Transport;
using Capibara6.ServiceDefaults.Access;
using Microsoft.Extensions.Options;

namespace Capibara6.GraphQLApi.Subscriptions;

/// <summary>One WebSocket from its opening to its end: who it is, its operations, and the rules of graphql-transport-ws.</summary>
internal sealed class SocketSession(
    SocketChannel channel, HttpContext context, ConnectionCredentials credentials, SocketOperations operations, IRateLimiter limiter,
    IOptions<SubscriptionOptions> options, IHostApplicationLifetime lifetime, ParameterReader reader) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, CancellationTokenSource> _running = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Task, byte> _tasks = new();
    private readonly CancellationTokenSource _reading = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
    private readonly CancellationTokenSource _ended = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
    private IDisposable? _place;
    private ConnectionCredential? _credential;
    private Task _watching = Task.CompletedTask;
    private bool _begun;
    private bool _identified;

    public async Task RunAsync()
    {
        using var stopping = lifetime.ApplicationStopping.Register(() => _ = channel.CloseAsync(SocketClose.Restart, "This replica stops"));
        using var late = new CancellationTokenSource(options.Value.InitTimeout);
        await using var tooLate = late.Token.Register(() => _ = _begun ? Task.CompletedTask : channel.CloseAsync(SocketClose.InitTooLate, "Connection initialisation timeout"));
        try
        {
            while (await channel.ReceiveAsync(_reading.Token) is { } text && await HandleAsync(text))
            {
            }
        }
        catch (OperationCanceledException) when (_reading.IsCancellationRequested || _ended.IsCancellationRequested)
        {
            // The connection has ended.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await Task.WhenAll([_watching, .. _tasks.Keys]);
        _place?.Dispose();
        _ended.Dispose();
        _reading.Dispose();
        channel.Dispose();
    }

    private async Task<bool> HandleAsync(string text)
    {
        var message = SocketMessage.Read(text);
        switch (message?.Type)
        {
            case SocketMessage.ConnectionInit:
                return await InitAsync(message);
            case SocketMessage.Ping:
                await channel.SendAsync(SocketMessage.Write(SocketMessage.Pong, payload: message.Payload.ValueKind == JsonValueKind.Object ? message.Payload.GetRawText() : null), _ended.Token);
                return true;
            case SocketMessage.Pong:
                return true;
            case SocketMessage.Subscribe:
                return await SubscribeAsync(message);
            case SocketMessage.Complete:
                if (_running.TryRemove(message.Id!, out var operation))
                {
                    await operation.CancelAsync();
                }

                return true;
            default:
                return await CloseAsync(SocketClose.InvalidMessage, "Invalid message");
        }
    }

    private async Task<bool> InitAsync(SocketMessage message)
    {
        if (_begun)
        {
            return await CloseAsync(SocketClose.TooManyInits, "Too many initialisation requests");
        }

        _begun = true;
        _credential = CredentialOf(message.Payload) ?? ConnectionCredential.OfRequest(context);
        var identity = _credential is null ? context.Features.Get<AccessIdentity>() : await credentials.CheckAsync(_credential);
        if (identity is null || !identity.Permissions.Contains(Capibara6.Core.Identity.Permissions.GraphQLAccess))
        {
            return await CloseAsync(SocketClose.Forbidden, "Forbidden");
        }

        // A connection counts as one of the account's requests while it lasts, unless the request that opened it does already.
        if (context.Features.Get<AccessIdentity>() is null)
        {
            var decision = await limiter.AcquireAsync(
                new RateLimitRequest(
                    [new(RateLimitOptions.AccountPolicy, identity.AccountId, LimitOf(identity, RateLimitOptions.AccountPolicy))],
                    identity.AccountId, LimitOf(identity, RateLimitOptions.ConcurrencyName)),
                _ended.Token);
            _place = decision.Lease;
            if (!decision.Allowed)
            {
                return await CloseAsync(SocketClose.Limited, "Too many connections or requests");
            }
        }

        context.Features.Set(identity);
        _identified = true;
        _watching = WatchAsync();
        await channel.SendAsync(SocketMessage.Write(SocketMessage.ConnectionAck), _ended.Token);
        return true;
    }

    private async Task<bool> SubscribeAsync(SocketMessage message)
    {
        if (!_identified)
        {
            return await CloseAsync(SocketClose.NotYetIdentified, "Unauthorized");
        }

        var id = message.Id!;
        var operation = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token);
        if (!_running.TryAdd(id, operation))
        {
            operation.Dispose();
            return await CloseAsync(SocketClose.OperationExists, $"Subscriber for {id} already exists");
        }

        RequestParameters parameters;
        try
        {
            parameters = reader.ReadObject(message.Payload);
        }
        catch (RefusedException refused)
        {
            _running.TryRemove(id, out _);
            operation.Dispose();
            return await CloseAsync(SocketClose.InvalidMessage, refused.Message.Length > 100 ? "Invalid payload" : refused.Message);
        }

        var admitted = _running.Count <= options.Value.MaxOperations;
        var task = Task.Run(() => RunAsync(id, parameters, operation, admitted), CancellationToken.None);
        _tasks[task] = 0;
        _ = task.ContinueWith(ended => _tasks.TryRemove(ended, out _), TaskScheduler.Default);
        return true;
    }

    private async Task RunAsync(string id, RequestParameters parameters, CancellationTokenSource operation, bool admitted)
    {
        try
        {
            await operations.RunAsync(context, channel, id, parameters, admitted, operation.Token);
        }
        finally
        {
            _running.TryRemove(new KeyValuePair<string, CancellationTokenSource>(id, operation));
            operation.Dispose();
        }
    }

    private async Task WatchAsync()
    {
        await credentials.WatchAsync(_credential, options.Value.CheckInterval, _ended.Token);
        if (!_ended.IsCancellationRequested)
        {
            await _ended.CancelAsync();
            await channel.CloseAsync(SocketClose.Forbidden, "Forbidden");

            // The client closes its side in turn, or is cut off.
            _reading.CancelAfter(options.Value.InitTimeout);
        }
    }

    private async Task<bool> CloseAsync(SocketClose code, string reason)
    {
        await channel.CloseAsync(code, reason);
        return false;
    }

    // Browsers can't set headers on a WebSocket: its first message may carry what a header would.
    private ConnectionCredential? CredentialOf(JsonElement payload)
    {
        if (payload.ValueKind != JsonValueKind.Object)
        {
            return null;
        }

        foreach (var field in payload.EnumerateObject())
        {
            if (field.Value.ValueKind == JsonValueKind.String)
            {
                if (field.NameEquals("Authorization") || field.NameEquals("authorization"))
                {
                    return ConnectionCredential.OfAuthorization(field.Value.GetString()!, context);
                }

                if (field.Name.Equals("X-API-Key", StringComparison.OrdinalIgnoreCase))
                {
                    return ConnectionCredential.OfApiKey(field.Value.GetString()!, context);
                }
            }
        }

        return null;
    }

    private static int? LimitOf(AccessIdentity identity, string name) => identity.Limits.TryGetValue(name, out var limit) ? limit : null;
}
