using System.Diagnostics;

namespace Capibara6.Api.Errors;

/// <summary>The id that clients quote and operators search for.</summary>
internal static class RequestTrace
{
    /// <summary>The W3C trace id of the request; the server's own identifier when nothing traces.</summary>
    public static string IdOf(HttpContext context) => Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;
}
