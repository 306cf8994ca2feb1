using System.Text;
using System.Text.Json;

namespace Capibara6.Core.Sandbox.E2b;

/// <summary>Reads what a run says, a line of JSON for each piece, as far as it may print.</summary>
internal sealed class E2bReader(int outputBytes)
{
    // Charts and tables come as pictures and HTML within a line; they are passed over, and not endlessly.
    private const int MaxBytes = 8 * 1024 * 1024;

    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private string? _failure;

    public string Output => _output.ToString();

    public async Task<RunEnd> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(new BoundedStream(body, MaxBytes), Encoding.UTF8);
        while (await reader.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length > 0 && JsonSerializer.Deserialize(line, E2bJson.Default.E2bLine) is { } piece && !Take(piece))
            {
                return RunEnd.TooMuchOutput;
            }
        }

        return _failure is null ? RunEnd.Succeeded : RunEnd.Failed;
    }

    public string? ErrorOf(RunEnd end) => end switch
    {
        RunEnd.Succeeded => null,
        RunEnd.TooMuchOutput => $"The run was stopped: it printed more than {outputBytes} bytes.",
        _ => _failure ?? _errors.ToString(),
    };

    private bool Take(E2bLine piece)
    {
        switch (piece.Type)
        {
            case "stdout" or "stderr":
                var text = piece.Text ?? "";
                (piece.Type == "stdout" ? _output : _errors).Append(text.Replace('\0', '\uFFFD'));
                return Encoding.UTF8.GetByteCount(text) + _output.Length + _errors.Length <= outputBytes * 2 && _output.Length <= outputBytes;
            case "result" when piece.Text is { Length: > 0 } result:
                // The value of the last line, as a notebook shows it.
                _output.Append(result.Replace('\0', '\uFFFD')).Append('\n');
                return _output.Length <= outputBytes;
            case "error":
                _failure = piece.Traceback is { Length: > 0 } trace ? trace : $"{piece.Name}: {piece.Value}";
                return true;
            default:
                return true;
        }
    }

    /// <summary>Ends with an error rather than take more than it may.</summary>
    private sealed class BoundedStream(Stream inner, long most) : Stream
    {
        private long _left = most;

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await inner.ReadAsync(buffer, cancellationToken);
            return (_left -= read) >= 0 ? read : throw new IOException("the answer does not stop");
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override void Flush() => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
