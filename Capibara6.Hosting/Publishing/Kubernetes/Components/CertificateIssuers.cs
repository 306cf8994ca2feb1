namespace Capibara6.Hosting.Publishing.Kubernetes.Components;

/// <summary>
/// Let's Encrypt through cert-manager: the real issuer, and the staging one whose limits a test may spend. They are the namespace's own: a cluster's
/// issuers may have these names, and are neither changed by an apply nor gone with a delete.
/// </summary>
internal sealed class CertificateIssuers(ObjectMetadata metadata, string email)
{
    /// <summary>The annotation of what wants a certificate.</summary>
    public const string Annotation = "cert-manager.io/issuer";
    public const string Production = "letsencrypt-production";
    public const string Staging = "letsencrypt-staging";

    /// <summary>cert-manager's own default, NodePort, is what the quota forbids.</summary>
    public const string SolverServiceType = "ClusterIP";

    /// <param name="solver">How the HTTP-01 challenge is answered: through an Ingress or a Gateway.</param>
    public IEnumerable<object> All(object solver) =>
    [
        Issuer(Production, "https://acme-v02.api.letsencrypt.org/directory", solver),
        Issuer(Staging, "https://acme-staging-v02.api.letsencrypt.org/directory", solver),
    ];

    /// <summary>cert-manager answers challenges from pods of its own in this namespace; by default nothing reaches them.</summary>
    public object SolverPolicy(string fromNamespace, Dictionary<string, string> podLabels) => new NetworkPolicyMapping(metadata).Custom(
        "acme-solver",
        new Dictionary<string, string> { ["acme.cert-manager.io/http01-solver"] = "true" },
        [NetworkPolicyMapping.From(NetworkPolicyMapping.InNamespace(fromNamespace, podLabels), [8089])],
        null);

    private CustomResource Issuer(string name, string server, object solver) =>
        new("cert-manager.io/v1", "Issuer", metadata.For(name, metadata.Application), new
        {
            acme = new
            {
                server,
                email,
                privateKeySecretRef = new { name = $"{name}-account-key" },
                solvers = new[] { new { http01 = solver } },
            },
        });
}
