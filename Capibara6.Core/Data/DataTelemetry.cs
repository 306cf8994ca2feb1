using System.Diagnostics;

namespace Capibara6.Core.Data;

internal static class DataTelemetry
{
    public static readonly ActivitySource Source = new("Capibara6.Data");
}
