namespace Capibara6.Hosting.LocalServers.Programs;

/// <summary>A server can't run on this machine. The message is complete: what happened, and what to do. It never holds a password.</summary>
public sealed class LocalServerException(string message, Exception? inner = null) : DistributedApplicationException(message, inner!)
{
    /// <summary>The error for a server that nothing on this machine can run.</summary>
    /// <param name="product">What is wanted: PostgreSQL, or a server of the Redis protocol.</param>
    /// <param name="program">What to install, in words.</param>
    /// <param name="package">The package that was tried.</param>
    /// <param name="reason">Why the package didn't do.</param>
    internal static LocalServerException NoneOf(string product, string program, string package, LocalServerException reason) => new(
        $"Nothing on this machine runs {product}. One of three things helps: start a container runtime (docker or podman); "
        + $"install {program}; or make the package {package} available from the feed. {reason.Message}",
        reason);
}
