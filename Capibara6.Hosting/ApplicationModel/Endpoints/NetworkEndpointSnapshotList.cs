using System.Collections;
using System.Collections.Concurrent;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value that is set later, once or again.</summary>
public sealed class ValueSnapshot<T> where T : notnull
{
    private readonly Lock _gate = new();
    private TaskCompletionSource<T> _value = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public bool IsValueSet => _value.Task.IsCompletedSuccessfully;

    /// <summary>The value, as soon as there is one.</summary>
    public Task<T> GetValueAsync(CancellationToken cancellationToken = default) => _value.Task.WaitAsync(cancellationToken);

    public void SetValue(T value)
    {
        lock (_gate)
        {
            Fresh().SetResult(value);
        }
    }

    public void SetException(Exception exception)
    {
        lock (_gate)
        {
            Fresh().SetException(exception);
        }
    }

    internal T? Current => IsValueSet ? _value.Task.Result : default;

    private TaskCompletionSource<T> Fresh()
    {
        if (_value.Task.IsCompleted)
        {
            _value = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        return _value;
    }
}

/// <summary>The address of an endpoint in one network.</summary>
public record class NetworkEndpointSnapshot(ValueSnapshot<AllocatedEndpoint> Snapshot, NetworkIdentifier NetworkID);

/// <summary>The addresses of an endpoint, one for each network that it is reachable in.</summary>
public class NetworkEndpointSnapshotList : IEnumerable<NetworkEndpointSnapshot>
{
    private readonly ConcurrentDictionary<NetworkIdentifier, NetworkEndpointSnapshot> _snapshots = new();

    /// <summary>Sets the address in a network, in place of an earlier one.</summary>
    public void AddOrUpdateAllocatedEndpoint(NetworkIdentifier networkId, AllocatedEndpoint endpoint) => For(networkId).SetValue(endpoint);

    /// <summary>The address in a network, as soon as there is one.</summary>
    public Task<AllocatedEndpoint> GetAllocatedEndpointAsync(NetworkIdentifier networkId, CancellationToken cancellationToken = default) =>
        For(networkId).GetValueAsync(cancellationToken);

    public bool TryAdd(NetworkIdentifier networkId, ValueSnapshot<AllocatedEndpoint> snapshot) =>
        _snapshots.TryAdd(networkId, new NetworkEndpointSnapshot(snapshot, networkId));

    public IEnumerator<NetworkEndpointSnapshot> GetEnumerator() => _snapshots.Values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal ValueSnapshot<AllocatedEndpoint> For(NetworkIdentifier networkId) =>
        _snapshots.GetOrAdd(networkId, static id => new NetworkEndpointSnapshot(new ValueSnapshot<AllocatedEndpoint>(), id)).Snapshot;
}
