using System.Collections.Concurrent;

namespace Capibara6.Tests.Hosting.Containers;

/// <summary>Requests at a steady pace until it is stopped, slower only while many wait for their answers; every one that fails is kept.</summary>
/// <param name="send">One request; throws when it fails. The number is its own.</param>
internal sealed class SteadyLoad(TimeSpan pace, Func<int, CancellationToken, Task> send) : IAsyncDisposable
{
    /// <summary>Below the connections and the requests that one client may have at a time.</summary>
    private const int MostAtATime = 16;

    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _places = new(MostAtATime);
    private readonly ConcurrentQueue<string> _failures = [];
    private readonly List<Task> _requests = [];
    private Task _pacing = Task.CompletedTask;

    public IReadOnlyCollection<string> Failures => _failures;

    /// <summary>How many were sent; complete after <see cref="StopAsync"/>.</summary>
    public int Sent => _requests.Count;

    public static SteadyLoad Start(TimeSpan pace, Func<int, CancellationToken, Task> send)
    {
        var load = new SteadyLoad(pace, send);
        load._pacing = load.PaceAsync();
        return load;
    }

    /// <summary>Sends no more, and waits for the answers that are due.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _pacing;
        await Task.WhenAll(_requests);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        _places.Dispose();
    }

    private async Task PaceAsync()
    {
        using var timer = new PeriodicTimer(pace, TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                await _places.WaitAsync(_stop.Token);
                _requests.Add(SendAsync(_requests.Count));
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task SendAsync(int number)
    {
        var started = TimeProvider.System.GetTimestamp();
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
            await send(number, limit.Token);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or IOException or UnitTestAssertException)
        {
            _failures.Enqueue($"request {number} after {TimeProvider.System.GetElapsedTime(started).TotalMilliseconds:F0} ms: {error.Message}");
        }
        finally
        {
            _places.Release();
        }
    }
}
