using System.ComponentModel.DataAnnotations;

namespace Capibara6.Hosting.Publishing.Kubernetes;

/// <summary>Settings of the Kubernetes output that are not part of the app model; section "Publishing:Kubernetes".</summary>
internal sealed class KubernetesOptions
{
    public const string SectionName = "Publishing:Kubernetes";

    /// <summary>The namespace of every object; a DNS label.</summary>
    [Required, RegularExpression("^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$", ErrorMessage = "Publishing:Kubernetes:Namespace is a DNS label such as capibara6.")]
    public string Namespace { get; set; } = "capibara6";

    /// <summary>Let's Encrypt writes here about certificates that are about to run out.</summary>
    [Required, EmailAddress]
    public string CertificateEmail { get; set; } = "operations@capibara6.example";

    /// <summary>The ClusterSecretStore of the External Secrets operator.</summary>
    [Required]
    public string SecretStore { get; set; } = "capibara6";
}
