using Microsoft.Extensions.Logging;

namespace Capibara6.Core.Sandbox;

/// <summary>Messages of this feature: event ids 1700 to 1799. No code, no output.</summary>
internal static partial class SandboxLog
{
    [LoggerMessage(EventId = 1701, Level = LogLevel.Error, Message = "The sandbox {Provider} is out of order: {Reason}")]
    public static partial void OutOfOrder(ILogger logger, string provider, string reason, Exception? exception);

    [LoggerMessage(
        EventId = 1702,
        Level = LogLevel.Warning,
        Message = "The sandbox 'local' can't work on this machine: {Reason}. It needs Linux with util-linux (unshare, mount, setpriv, prlimit), user namespaces, and python3 or bash below /usr; "
            + "or name other providers in Sandbox:Providers (javascript, e2b, none)")]
    public static partial void NoLocal(ILogger logger, string reason);

    [LoggerMessage(EventId = 1703, Level = LogLevel.Information, Message = "The sandbox 'local' runs {Languages}{Filter}")]
    public static partial void Local(ILogger logger, string languages, string filter);
}
