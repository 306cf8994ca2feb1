using k8s.Models;

namespace Capibara6.Hosting.Publishing.Kubernetes;

/// <summary>An object of a kind that the Kubernetes API itself does not have. Its field names are those of the operator's schema.</summary>
internal sealed record CustomResource(string ApiVersion, string Kind, V1ObjectMeta Metadata, object Spec);
