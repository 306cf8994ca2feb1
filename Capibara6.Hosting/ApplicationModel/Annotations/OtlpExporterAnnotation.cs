namespace Aspire.Hosting
{
    /// <summary>How telemetry travels.</summary>
    public enum OtlpProtocol
    {
        Grpc = 0,
        HttpProtobuf = 1,
        HttpJson = 2,
    }
}

namespace Aspire.Hosting.ApplicationModel
{
    /// <summary>The resource sends its telemetry to the dashboard.</summary>
    public class OtlpExporterAnnotation : IResourceAnnotation
    {
        /// <summary>The protocol that the resource insists on; null for any.</summary>
        public OtlpProtocol? RequiredProtocol { get; init; }
    }
}
