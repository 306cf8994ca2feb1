using Aspire.Hosting;

namespace Capibara6.Hosting.Orchestration.Proxy;

/// <summary>A port can't be opened. The message names the port, its owner and the setting that moves it.</summary>
internal sealed class PortUnavailableException(string message, Exception innerException)
    : DistributedApplicationException(message, innerException);
