using System.Collections.Concurrent;

namespace Capibara6.ModelEmulator;

/// <summary>Counts what has been asked. Only configured models have a count, so it can't grow without bound.</summary>
public sealed class EmulatorStatistics
{
    private readonly ConcurrentDictionary<string, int> _requests = new(StringComparer.Ordinal);
    private int _total;

    /// <summary>Chat completions asked for, faulty ones included.</summary>
    public int Requests => Volatile.Read(ref _total);

    /// <summary>Chat completions asked of that model, faulty ones included.</summary>
    public int RequestsOf(string model) => _requests.GetValueOrDefault(model);

    internal void Count(string model)
    {
        Interlocked.Increment(ref _total);
        _requests.AddOrUpdate(model, 1, static (_, count) => count + 1);
    }
}
