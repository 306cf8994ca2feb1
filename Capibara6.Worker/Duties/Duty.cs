namespace Capibara6.Worker.Duties;

/// <summary>Something that one worker of all does now and then.</summary>
/// <param name="Name">For people.</param>
/// <param name="Period">Between two runs.</param>
/// <param name="RunAsync">May throw what databases throw; the next run makes up for it.</param>
internal sealed record Duty(string Name, TimeSpan Period, Func<CancellationToken, Task> RunAsync);
