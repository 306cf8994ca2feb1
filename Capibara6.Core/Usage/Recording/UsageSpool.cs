using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Capibara6.Core.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Capibara6.Core.Usage;

/// <summary>
/// Records on their way to the database. Files are the queue: a record is appended before its answer ends, and read from there when the
/// database takes it, whether by this process or, after its death, by the next. Where no file can be written, memory has to do.
/// </summary>
internal sealed class UsageSpool : IUsageRecorder, IDisposable
{
    private const long SegmentBytes = 4_000_000;
    private const int RecordBytes = 400;

    private readonly UsageOptions _options;
    private readonly string _folder;
    private readonly TimeProvider _time;
    private readonly ILogger<UsageSpool> _logger;
    private readonly Lock _gate = new();
    private readonly ArrayBufferWriter<byte> _line = new(1024);

    // Oldest first; the last one may be the one that is appended to. Bound: UsageOptions.SpoolBytes, as the queue's.
    private readonly List<SpoolSegment> _segments = [];
    private readonly Queue<UsageRecord> _memory = new();
    private readonly SemaphoreSlim _signal = new(0, 1);
    private SpoolSegment? _current;
    private bool _full;
    private bool _noFile;

    public UsageSpool(
        IOptions<UsageOptions> options,
        [FromKeyedServices(DataServiceCollectionExtensions.ConnectionName)] NpgsqlDataSource dataSource,
        TimeProvider time,
        ILogger<UsageSpool> logger)
    {
        _options = options.Value;
        _folder = FolderOf(options.Value, dataSource);
        _time = time;
        _logger = logger;
        UsageTelemetry.Meter.CreateObservableGauge(
            "capibara6.usage.spooled", () => WaitingBytes, unit: "By", description: "Usage records that wait in this process to be written down.");
    }

    /// <summary>What is not in the database yet.</summary>
    public long WaitingBytes
    {
        get
        {
            lock (_gate)
            {
                return Waiting();
            }
        }
    }

    public void Record(UsageRecord record)
    {
        lock (_gate)
        {
            if (Waiting() >= _options.SpoolBytes)
            {
                Refuse();
                return;
            }

            _full = false;
            if (!TryAppend(record))
            {
                _memory.Enqueue(record);
            }
        }

        Signal();
    }

    /// <summary>Ends when there is something to read, or the time is over.</summary>
    public Task WaitAsync(TimeSpan longest, CancellationToken cancellationToken) => _signal.WaitAsync(longest, cancellationToken);

    /// <summary>Takes over the files of processes that have died.</summary>
    public void Adopt()
    {
        foreach (var path in Files())
        {
            if (SpoolSegment.TryAdopt(path) is { } segment)
            {
                if (segment.Length > 0)
                {
                    UsageLog.Adopted(_logger, segment.Length);
                }

                lock (_gate)
                {
                    _segments.Insert(0, segment);
                }
            }
        }
    }

    /// <summary>The oldest records; one reader at a time. They stay until <see cref="Portion.Done"/>.</summary>
    public Portion Read(int limit)
    {
        var records = new List<UsageRecord>();
        lock (_gate)
        {
            if (_memory.Count > 0)
            {
                records.AddRange(_memory.Take(limit));
                return new Portion(this, records, null, 0);
            }
        }

        while (Oldest() is { } segment)
        {
            var read = segment.Read(records, limit);
            if (records.Count > 0)
            {
                return new Portion(this, records, segment, read);
            }

            Finish(segment, read);
        }

        return new Portion(this, records, null, 0);
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (Waiting() > 0)
            {
                UsageLog.Kept(_logger, Waiting(), _folder);
            }

            if (_memory.Count > 0)
            {
                UsageTelemetry.Lost(_memory.Count);
                UsageLog.Lost(_logger, _memory.Count);
            }

            foreach (var segment in _segments)
            {
                if (segment.Done == segment.Length)
                {
                    segment.Delete();
                }

                segment.Dispose();
            }

            _segments.Clear();
            _current = null;
            RemoveFolder();
        }
    }

    /// <summary>Records belong to the database that they were meant for: another one on the same machine has a folder of its own.</summary>
    private static string FolderOf(UsageOptions options, NpgsqlDataSource dataSource)
    {
        var database = new NpgsqlConnectionStringBuilder(dataSource.ConnectionString);
        var name = SHA256.HashData(Encoding.UTF8.GetBytes($"{database.Host}:{database.Port}/{database.Database}"));
        var folder = options.SpoolFolder.Length > 0 ? options.SpoolFolder : Path.Combine(Path.GetTempPath(), "capibara6-usage");
        return Path.Combine(folder, Convert.ToHexStringLower(name.AsSpan(0, 8)));
    }

    private void RemoveFolder()
    {
        try
        {
            Directory.Delete(_folder);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // It is not empty, or was never made.
        }
    }

    private string[] Files()
    {
        try
        {
            return Directory.Exists(_folder) ? Directory.GetFiles(_folder, "*" + SpoolSegment.Extension) : [];
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private long Waiting()
    {
        var bytes = (long)_memory.Count * RecordBytes;
        foreach (var segment in _segments)
        {
            bytes += segment.Length - segment.Done;
        }

        return bytes;
    }

    private bool TryAppend(UsageRecord record)
    {
        _line.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(_line))
        {
            JsonSerializer.Serialize(writer, record, UsageJson.Default.UsageRecord);
        }

        _line.Write("\n"u8);
        try
        {
            if (_current is null || _current.Length >= SegmentBytes)
            {
                Roll();
            }

            _current!.Append(_line.WrittenSpan, _options.Durable);
            _noFile = false;
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            if (!_noFile)
            {
                _noFile = true;
                UsageLog.NoSpool(_logger, _folder, exception.GetType().Name);
            }

            return false;
        }
    }

    private void Roll()
    {
        Directory.CreateDirectory(_folder);
        var next = SpoolSegment.Create(_folder, Guid.CreateVersion7(_time.GetUtcNow()));
        if (_current is not null)
        {
            _current.IsClosed = true;
        }

        _segments.Add(next);
        _current = next;
    }

    private SpoolSegment? Oldest()
    {
        lock (_gate)
        {
            return _segments.Find(segment => segment.Done < segment.Length || segment.IsClosed);
        }
    }

    private void Finish(SpoolSegment segment, long read)
    {
        lock (_gate)
        {
            segment.Done = read;
            if (segment.IsClosed && segment.Done >= segment.Length)
            {
                _segments.Remove(segment);
                segment.Delete();
            }
        }
    }

    private void Refuse()
    {
        UsageTelemetry.Lost(1);
        if (!_full)
        {
            _full = true;
            UsageLog.SpoolFull(_logger, _options.SpoolBytes);
        }
    }

    private void Signal()
    {
        if (_signal.CurrentCount == 0)
        {
            try
            {
                _signal.Release();
            }
            catch (SemaphoreFullException)
            {
                // Somebody else has signalled.
            }
        }
    }

    /// <summary>Records that were read and wait for their end.</summary>
    internal sealed class Portion(UsageSpool spool, List<UsageRecord> records, SpoolSegment? segment, long read)
    {
        public List<UsageRecord> Records => records;

        /// <summary>They are in the database, or can't be.</summary>
        public void Done()
        {
            if (segment is not null)
            {
                spool.Finish(segment, read);
                return;
            }

            lock (spool._gate)
            {
                for (var i = 0; i < records.Count; i++)
                {
                    spool._memory.Dequeue();
                }
            }
        }
    }
}
