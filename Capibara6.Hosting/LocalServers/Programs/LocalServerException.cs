using Aspire.Hosting;

namespace Capibara6.Hosting.LocalServers.Programs;

/// <summary>A server can't run on this machine. The message is complete: what happened, and what to do. It never holds a password.</summary>
public sealed class LocalServerException(string message, Exception? inner = null) : DistributedApplicationException(message, inner!);
