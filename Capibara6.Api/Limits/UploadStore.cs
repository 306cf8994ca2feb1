namespace Capibara6.Api.Limits;

/// <summary>Where a body waits until it is complete: a temporary file that nobody else can read, and that goes with its request.</summary>
internal static class UploadStore
{
    /// <param name="kind">A word for the file's name.</param>
    public static FileStream Open(HttpContext context, string kind)
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var file = new FileStream(Path.Combine(Path.GetTempPath(), $"capibara6-{kind}-{Path.GetRandomFileName()}"), options);
        context.Response.RegisterForDisposeAsync(file);
        return file;
    }
}
