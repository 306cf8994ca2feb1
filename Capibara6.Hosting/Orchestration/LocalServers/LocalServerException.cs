namespace Capibara6.Hosting.Orchestration.LocalServers;

/// <summary>A server can't run on this machine. The message is complete: what happened, and what to do. It never holds a password.</summary>
internal sealed class LocalServerException(string message, Exception? inner = null) : Exception(message, inner);
