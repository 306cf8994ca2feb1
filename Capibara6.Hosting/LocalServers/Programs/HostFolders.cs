namespace Capibara6.Hosting.LocalServers.Programs;

/// <summary>
/// Where local servers keep what stays. For a user that is below the user's own data folder. Root's home is closed to
/// the users that servers run as, so root's is /var/lib/capibara6.
/// </summary>
/// <param name="Root">An absolute path.</param>
internal sealed record HostFolders(string Root)
{
    public static HostFolders Default { get; } = new(
        OperatingSystem.IsLinux() && Environment.IsPrivilegedProcess
            ? "/var/lib/capibara6"
            : Path.Combine(
                Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "capibara6"));

    /// <summary>Server programs fetched from package feeds, shared by every application.</summary>
    public string Packages => Path.Combine(Root, "packages");

    /// <summary>The data that a named volume stands for.</summary>
    public string Volume(string volume) => Path.Combine(Root, "volumes", volume);
}
