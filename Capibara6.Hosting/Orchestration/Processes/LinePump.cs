using System.Text;

namespace Capibara6.Hosting.Orchestration.Processes;

/// <summary>Cuts a stream of text into lines in constant memory.</summary>
internal static class LinePump
{
    /// <summary>A longer line is handed on in pieces.</summary>
    internal const int MaxLineLength = 16 * 1024;

    public static async Task RunAsync(Stream stream, Action<string> onLine)
    {
        using var reader = new StreamReader(stream, new UTF8Encoding(false));
        var buffer = new char[4096];
        var line = new StringBuilder();
        int read;
        while ((read = await ReadAsync(reader, buffer).ConfigureAwait(false)) > 0)
        {
            for (var i = 0; i < read; i++)
            {
                if (buffer[i] == '\n' || line.Length == MaxLineLength)
                {
                    Emit(line, onLine);
                }

                if (buffer[i] != '\n')
                {
                    line.Append(buffer[i]);
                }
            }
        }

        if (line.Length > 0)
        {
            Emit(line, onLine);
        }
    }

    private static void Emit(StringBuilder line, Action<string> onLine)
    {
        if (line.Length > 0 && line[^1] == '\r')
        {
            line.Length--;
        }

        onLine(line.ToString());
        line.Clear();
    }

    private static async ValueTask<int> ReadAsync(StreamReader reader, char[] buffer)
    {
        try
        {
            return await reader.ReadAsync(buffer).ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            return 0; // the pipe broke, or its reader was closed because a stranger still holds the other end
        }
    }
}
