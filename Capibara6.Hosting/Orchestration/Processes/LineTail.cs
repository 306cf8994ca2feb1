namespace Capibara6.Hosting.Orchestration.Processes;

/// <summary>The last lines of an output: at most <paramref name="capacity"/>, each at most a thousand characters.</summary>
internal sealed class LineTail(int capacity)
{
    private const int MaxLength = 1000;
    private readonly Queue<string> _lines = new(capacity);

    public void Add(string line)
    {
        lock (_lines)
        {
            if (_lines.Count == capacity)
            {
                _lines.Dequeue();
            }

            _lines.Enqueue(line.Length <= MaxLength ? line : line[..MaxLength]);
        }
    }

    public IReadOnlyList<string> ToList()
    {
        lock (_lines)
        {
            return [.. _lines];
        }
    }
}
