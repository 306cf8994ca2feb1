namespace Capibara6.Tests;

/// <summary>Waits for something outside this process to become true: a process to end, a port to open.</summary>
internal static class Eventually
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(50);

    public static Task TrueAsync(Func<bool> condition, TimeSpan limit, string what, CancellationToken cancellationToken) =>
        TrueAsync(() => Task.FromResult(condition()), limit, what, cancellationToken);

    public static Task TrueAsync(Func<Task<bool>> condition, TimeSpan limit, string what, CancellationToken cancellationToken) =>
        TrueAsync(condition, limit, () => what, cancellationToken);

    /// <param name="what">What is waited for, told when it did not come.</param>
    public static async Task TrueAsync(Func<Task<bool>> condition, TimeSpan limit, Func<string> what, CancellationToken cancellationToken)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.IsLessThan(limit, TimeProvider.System.GetElapsedTime(started), $"not within {limit.TotalSeconds} s: {what()}");
            await Task.Delay(s_interval, TimeProvider.System, cancellationToken);
        }
    }
}
