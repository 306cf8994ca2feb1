using Capibara6.Hosting.Publishing.Workloads;

namespace Capibara6.Hosting.Publishing.Kubernetes;

/// <summary>Names that several objects agree on.</summary>
internal static class ObjectNames
{
    public static string Configuration(Workload workload) => $"{workload.Name}-env";

    public static string Files(Workload workload) => $"{workload.Name}-files";

    public static string Secrets(Workload workload) => workload.Pod.ExistingSecret ?? $"{workload.Name}-secrets";
}
