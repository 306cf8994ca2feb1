using System.ComponentModel.DataAnnotations;

namespace Capibara6.Hosting.Publishing.Kubernetes;

/// <summary>Settings of the Kubernetes output that are not part of the app model; section "Publishing:Kubernetes".</summary>
internal sealed class KubernetesOptions : IPublishSection
{
    public const string SectionName = "Publishing:Kubernetes";

    /// <summary>The namespace of every object, a DNS label; the system's name unless set.</summary>
    [Required, RegularExpression("^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$", ErrorMessage = "Publishing:Kubernetes:Namespace is a DNS label such as capibara6.")]
    public string Namespace { get; set; } = string.Empty;

    /// <summary>Let's Encrypt writes here about certificates that are about to run out.</summary>
    [Required, EmailAddress]
    public string CertificateEmail { get; set; } = string.Empty;

    /// <summary>The ClusterSecretStore of the External Secrets operator; one of the system's name unless set.</summary>
    [Required]
    public string SecretStore { get; set; } = string.Empty;

    /// <summary>The field of an entry that holds the value, for stores whose entries are maps, such as Vault KV; null where an entry is the value.</summary>
    public string? SecretProperty { get; set; }

    /// <summary>Where the models are, as 10.0.0.0/8, when they are not on the internet; null opens all public addresses and none inside.</summary>
    [RegularExpression(@"^\d{1,3}(\.\d{1,3}){3}/\d{1,2}$", ErrorMessage = "Publishing:Kubernetes:ModelsNetwork is a network such as 10.0.0.0/8.")]
    public string? ModelsNetwork { get; set; }

    /// <summary>The port of the models; null is that of HTTPS.</summary>
    [Range(1, 65535)]
    public int? ModelsPort { get; set; }

    /// <summary>The namespace in which the Gateway's proxies run; a DNS label.</summary>
    [Required, RegularExpression("^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$", ErrorMessage = "Publishing:Kubernetes:GatewayNamespace is a DNS label such as envoy-gateway-system.")]
    public string GatewayNamespace { get; set; } = "envoy-gateway-system";

    /// <summary>The label of those proxies that holds the Gateway's name.</summary>
    [Required]
    public string GatewayPodLabel { get; set; } = "gateway.envoyproxy.io/owning-gateway-name";

    public void Complete(string application)
    {
        Namespace = IPublishSection.Or(Namespace, application);
        SecretStore = IPublishSection.Or(SecretStore, application);
        CertificateEmail = IPublishSection.Or(CertificateEmail, $"operations@{application}.example");
    }
}
