using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Capibara6.Core.Usage;

/// <summary>
/// A file of records, one JSON object to a line. It is locked as long as its process lives (the system lets go of the lock of one that was
/// killed), so a file that can be opened is a dead process's or nobody's.
/// </summary>
internal sealed class SpoolSegment : IDisposable
{
    public const string Extension = ".usage";

    private const int ReadBytes = 256 * 1024;

    private readonly FileStream _file;
    private readonly SafeFileHandle _handle;
    private long _length;

    private SpoolSegment(FileStream file)
    {
        _file = file;
        _handle = file.SafeFileHandle;
        _length = file.Length;
    }

    /// <summary>Bytes that are there.</summary>
    public long Length => Volatile.Read(ref _length);

    /// <summary>Bytes that were read and are dealt with.</summary>
    public long Done { get; set; }

    /// <summary>Nothing more is appended.</summary>
    public bool IsClosed { get; set; }

    public static SpoolSegment Create(string folder, Guid name)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return new(new FileStream(Path.Combine(folder, name.ToString("N") + Extension), options));
    }

    /// <summary>Null when another process has it, or it is gone.</summary>
    public static SpoolSegment? TryAdopt(string path)
    {
        try
        {
            return new SpoolSegment(new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0)) { IsClosed = true };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    public void Append(ReadOnlySpan<byte> line, bool durable)
    {
        RandomAccess.Write(_handle, line, _length);
        if (durable)
        {
            RandomAccess.FlushToDisk(_handle);
        }

        Volatile.Write(ref _length, _length + line.Length);
    }

    /// <summary>Reads on from what is done.</summary>
    /// <returns>Up to which byte was read: give it to <see cref="Done"/> when the records are safe.</returns>
    public long Read(List<UsageRecord> records, int limit)
    {
        var offset = Done;
        var buffer = new byte[Math.Min(ReadBytes, Length - offset)];
        var filled = RandomAccess.Read(_handle, buffer, offset);
        var rest = buffer.AsSpan(0, filled);
        while (records.Count < limit && rest.IndexOf((byte)'\n') is >= 0 and var end)
        {
            if (Parse(rest[..end]) is { } record)
            {
                records.Add(record);
            }

            rest = rest[(end + 1)..];
            offset += end + 1;
        }

        // A line without an end is what a dying machine left of the last record: there is nothing more to come.
        return records.Count == 0 && IsClosed && offset == Done ? Length : offset;
    }

    public void Delete()
    {
        File.Delete(_file.Name);
        Dispose();
    }

    public void Dispose() => _file.Dispose();

    private static UsageRecord? Parse(ReadOnlySpan<byte> line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, UsageJson.Default.UsageRecord);
        }
        catch (JsonException)
        {
            UsageTelemetry.Lost(1);
            return null;
        }
    }
}
