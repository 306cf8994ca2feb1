using System.Data.Common;
using System.Threading.Channels;
using Capibara6.Core.Jobs;

namespace Capibara6.Worker.Jobs;

/// <summary>
/// Records outcomes, all that wait in one statement: while one is under way the next ones gather, so a busy worker needs few and an idle
/// one waits for nothing.
/// </summary>
internal sealed class JobOutcomes(IJobQueue queue, TimeProvider time, ILogger<JobOutcomes> logger)
{
    private const int MaxGroup = 256;

    private static readonly TimeSpan s_retryDelay = TimeSpan.FromSeconds(1);

    // Bound: the runner's concurrency, each job with one outcome.
    private readonly Channel<Entry> _waiting = Channel.CreateUnbounded<Entry>(new UnboundedChannelOptions { SingleReader = true });
    private int _started;

    /// <summary>
    /// Ends when it is recorded, or known to be lost. An answer in hand is worth waiting for a database that is away, as long as the job
    /// is ours: <paramref name="held"/>.
    /// </summary>
    public Task<JobCompletion> RecordAsync(JobEnd end, CancellationToken held)
    {
        if (Interlocked.Exchange(ref _started, 1) == 0)
        {
            _ = Task.Run(RecordAllAsync, CancellationToken.None);
        }

        var entry = new Entry(end, held);
        _waiting.Writer.TryWrite(entry);
        return entry.Completion.Task;
    }

    private async Task RecordAllAsync()
    {
        var group = new List<Entry>(MaxGroup);
        while (await _waiting.Reader.WaitToReadAsync(CancellationToken.None))
        {
            while (group.Count < MaxGroup && _waiting.Reader.TryRead(out var entry))
            {
                group.Add(entry);
            }

            await RecordGroupAsync(group);
            group.Clear();
        }
    }

    private async Task RecordGroupAsync(List<Entry> group)
    {
        while (group.Count > 0)
        {
            try
            {
                var completions = await queue.CompleteAsync([.. group.Select(entry => entry.End)], CancellationToken.None);
                for (var i = 0; i < group.Count; i++)
                {
                    group[i].Completion.TrySetResult(completions[i]);
                }

                return;
            }
            catch (Exception exception) when (exception is DbException { IsTransient: true } or TimeoutException)
            {
                JobRunnerLog.QueueAway(logger, exception.GetBaseException().GetType().Name);
                await Task.Delay(s_retryDelay, time, CancellationToken.None);
                DropLost(group);
            }
            catch (Exception exception)
            {
                await RecordOneByOneAsync(group, exception);
                return;
            }
        }
    }

    /// <summary>One that can't be recorded must not take the others with it.</summary>
    private async Task RecordOneByOneAsync(List<Entry> group, Exception exception)
    {
        if (group is [var only])
        {
            only.Completion.TrySetException(exception);
            return;
        }

        foreach (var entry in group)
        {
            await RecordGroupAsync([entry]);
        }
    }

    private static void DropLost(List<Entry> group) => group.RemoveAll(static entry =>
        entry.Held.IsCancellationRequested && entry.Completion.TrySetCanceled(entry.Held));

    private sealed record Entry(JobEnd End, CancellationToken Held)
    {
        public TaskCompletionSource<JobCompletion> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
