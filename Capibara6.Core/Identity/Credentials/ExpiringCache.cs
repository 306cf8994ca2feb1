using System.Collections.Concurrent;

namespace Capibara6.Core.Identity.Credentials;

/// <summary>
/// Answers kept for a moment: one load per key at a time, failures not kept, bounded. A hit costs no task and no lock.
/// When it is full, what has expired goes; when nothing has, everything goes.
/// </summary>
internal sealed class ExpiringCache<TKey, TValue>(TimeProvider time, TimeSpan lifetime, int capacity)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Entry> _entries = new();

    public ValueTask<TValue> GetAsync(TKey key, Func<TKey, Task<TValue>> load, CancellationToken cancellationToken)
    {
        var now = time.GetTimestamp();
        if (_entries.TryGetValue(key, out var entry) && time.GetElapsedTime(entry.ReadAt, now) < lifetime && !entry.Value.IsFaulted)
        {
            return entry.Value.IsCompletedSuccessfully
                ? new ValueTask<TValue>(entry.Value.Result)
                : new ValueTask<TValue>(entry.Value.WaitAsync(cancellationToken));
        }

        return new ValueTask<TValue>(LoadAsync(key, entry, load, now).WaitAsync(cancellationToken));
    }

    /// <summary>What is kept already; nothing is loaded or waited for.</summary>
    public bool TryGet(TKey key, out TValue? value)
    {
        var isKept = _entries.TryGetValue(key, out var entry) && entry.Value.IsCompletedSuccessfully && time.GetElapsedTime(entry.ReadAt) < lifetime;
        value = isKept ? entry!.Value.Result : default;
        return isKept;
    }

    public void Remove(TKey key) => _entries.TryRemove(key, out _);

    /// <summary>Removes what a change elsewhere has made wrong. Entries still loading go too: they may have read the old state.</summary>
    public void RemoveWhere(Func<TValue, bool> predicate)
    {
        foreach (var (key, entry) in _entries)
        {
            if (!entry.Value.IsCompletedSuccessfully || predicate(entry.Value.Result))
            {
                _entries.TryRemove(key, out _);
            }
        }
    }

    public void Clear() => _entries.Clear();

    private Task<TValue> LoadAsync(TKey key, Entry? stale, Func<TKey, Task<TValue>> load, long now)
    {
        MakeRoom(now);
        var started = new TaskCompletionSource<TValue>(TaskCreationOptions.RunContinuationsAsynchronously);
        var fresh = new Entry(started.Task, now);
        var current = stale is null
            ? _entries.GetOrAdd(key, fresh)
            : _entries.TryUpdate(key, fresh, stale) ? fresh : _entries.GetOrAdd(key, fresh);
        if (ReferenceEquals(current, fresh))
        {
            _ = RunAsync(key, fresh, load, started);
        }

        return current.Value;
    }

    private async Task RunAsync(TKey key, Entry entry, Func<TKey, Task<TValue>> load, TaskCompletionSource<TValue> result)
    {
        try
        {
            result.SetResult(await load(key));
        }
#pragma warning disable CA1031 // Every failure belongs to those who wait for the result.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            _entries.TryRemove(new KeyValuePair<TKey, Entry>(key, entry));
            result.SetException(exception);
        }
    }

    private void MakeRoom(long now)
    {
        if (_entries.Count < capacity)
        {
            return;
        }

        foreach (var pair in _entries)
        {
            if (time.GetElapsedTime(pair.Value.ReadAt, now) >= lifetime)
            {
                _entries.TryRemove(pair);
            }
        }

        if (_entries.Count >= capacity)
        {
            _entries.Clear();
        }
    }

    private sealed record Entry(Task<TValue> Value, long ReadAt);
}
