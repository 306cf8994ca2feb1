namespace Capibara6.Hosting.LocalServers.Programs;

/// <summary>The error for a server that nothing on this machine can run.</summary>
internal static class ThreeWaysOut
{
    /// <param name="product">What is wanted: PostgreSQL, or a server of the Redis protocol.</param>
    /// <param name="program">What to install, in words.</param>
    /// <param name="package">The package that was tried.</param>
    /// <param name="reason">Why the package didn't do.</param>
    public static LocalServerException Error(string product, string program, string package, LocalServerException reason) => new(
        $"Nothing on this machine runs {product}. One of three things helps: start a container runtime (docker or podman); "
        + $"install {program}; or make the package {package} available from the feed. {reason.Message}",
        reason);
}
