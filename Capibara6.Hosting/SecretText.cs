namespace Capibara6.Hosting;

/// <summary>Files with secrets: nobody else can read them, from the moment at which they are made.</summary>
internal static class SecretText
{
    /// <param name="isFolderPrivate">The folder keeps others out, and whoever gets in may read.</param>
    public static void Write(string path, string text, bool isFolderPrivate = false)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            options.UnixCreateMode = isFolderPrivate ? Owner | UnixFileMode.GroupRead | UnixFileMode.OtherRead : Owner;
        }

        using var writer = new StreamWriter(path, options);
        writer.Write(text);
    }
}
