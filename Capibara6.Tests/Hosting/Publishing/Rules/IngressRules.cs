using System.Globalization;
using System.Text.RegularExpressions;
using k8s.Models;

namespace Capibara6.Tests.Hosting.Publishing.Rules;

/// <summary>The way in: TLS only, limited, and to what is there.</summary>
internal static partial class IngressRules
{
    private const string Nginx = "nginx.ingress.kubernetes.io/";

    /// <summary>The annotations of ingress-nginx that we use; others may not exist, and a misspelt one is silently nothing.</summary>
    private static readonly HashSet<string> s_known =
    [
        "force-ssl-redirect", "limit-burst-multiplier", "limit-connections", "limit-rps", "proxy-body-size", "proxy-buffering",
        "proxy-connect-timeout", "proxy-read-timeout", "proxy-send-timeout", "ssl-redirect",
    ];

    public static IEnumerable<ManifestRule> All =>
    [
        Ingress("class by field", static (item, _) => item.Spec.IngressClassName == "nginx" && !item.Metadata.Annotations.ContainsKey("kubernetes.io/ingress.class")),
        Ingress("TLS for every host", static (item, _) => item.Spec.Rules.All(rule =>
            !rule.Host.Contains('*', StringComparison.Ordinal) && item.Spec.Tls.Any(tls => tls.SecretName.Length > 0 && tls.Hosts.Contains(rule.Host)))),
        Ingress("the certificate's issuer is there", static (item, set) =>
            set.Custom.Any(issuer => issuer.Kind == "Issuer" && issuer.Name == item.Metadata.Annotations["cert-manager.io/issuer"])),
        Ingress("annotations exist", static (item, _) => item.Metadata.Annotations.Keys
            .Where(static key => key.StartsWith(Nginx, StringComparison.Ordinal)).All(static key => s_known.Contains(key[Nginx.Length..]))),
        Ingress("each address is limited", static (item, _) => new[] { "limit-rps", "limit-connections", "limit-burst-multiplier" }
            .All(name => int.TryParse(item.Metadata.Annotations[Nginx + name], CultureInfo.InvariantCulture, out var value) && value > 0)),
        Ingress("HTTPS is forced", static (item, _) => item.Metadata.Annotations[Nginx + "force-ssl-redirect"] == "true"),
        Ingress("sizes and times are whole", static (item, _) => BodySize().IsMatch(item.Metadata.Annotations[Nginx + "proxy-body-size"])
            && new[] { "proxy-connect-timeout", "proxy-read-timeout", "proxy-send-timeout" }
                .All(name => int.TryParse(item.Metadata.Annotations[Nginx + name], CultureInfo.InvariantCulture, out var seconds) && seconds > 0)),
        Ingress("backends exist", static (item, set) => item.Spec.Rules.SelectMany(static rule => rule.Http.Paths).All(path => set.Of<V1Service>()
            .Any(service => service.Metadata.Name == path.Backend.Service.Name && service.Spec.Ports.Any(port => port.Name == path.Backend.Service.Port.Name)))),
        Ingress("metrics stay inside", static (item, _) => item.Metadata.Name == "grafana"
            || item.Spec.Rules.SelectMany(static rule => rule.Http.Paths).All(static path => !"/metrics".StartsWith(path.Path, StringComparison.Ordinal))),
        Ingress("no console without a log-in", static (item, _) => item.Metadata.Name is not ("prometheus" or "jaeger" or "postgres" or "timescaledb" or "redis")),
        Ingress("the controller reaches the backend", static (item, set) => set.Pods.Where(pods => pods.Name == item.Metadata.Name)
            .All(pods => NetworkRules.Own(set, pods).SelectMany(static policy => policy.Spec.Ingress ?? []).Any(static rule => rule.FromProperty.Any(static peer =>
                peer.NamespaceSelector?.MatchLabels?.Values.Contains("ingress-nginx") == true)))),
        new("no host and path twice", static set => set.Of<V1Ingress>()
            .SelectMany(static item => item.Spec.Rules).SelectMany(static rule => rule.Http.Paths, static (rule, path) => rule.Host + path.Path)
            .GroupBy(static address => address).Where(static group => group.Count() > 1).Select(static group => group.Key)),
        new("Let's Encrypt, with a staging issuer", static set => !set.Of<V1Ingress>().Any() ? [] : new[]
            {
                "https://acme-v02.api.letsencrypt.org/directory", "https://acme-staging-v02.api.letsencrypt.org/directory",
            }.Where(server => !set.Custom.Any(item => item.Kind == "Issuer" && item.Text("acme", "server") == server
                && item.Text("acme", "privateKeySecretRef", "name") is { Length: > 0 } && item.Find("acme", "solvers", "0", "http01") is not null))),
        new("challenges fit the quota", static set => set.Of<V1ResourceQuota>().All(static quota => quota.Spec.Hard["services.nodeports"].ToInt32() > 0) ? [] : set.Custom
            .Where(static item => item.Kind == "Issuer" && item.Text("acme", "solvers", "0", "http01", "ingress", "serviceType") != "ClusterIP").Select(static item => item.Name)),
        Ingress("paths that the controller takes", static (item, _) => item.Spec.Rules.SelectMany(static rule => rule.Http.Paths)
            .All(static path => path.PathType == "ImplementationSpecific" || !path.Path.Contains('.', StringComparison.Ordinal))),
        new("challenges are reachable", static set => !set.Of<V1Ingress>().Any() || set.Of<V1NetworkPolicy>().Any(static item =>
            item.Spec.PodSelector.MatchLabels?.ContainsKey("acme.cert-manager.io/http01-solver") == true
            && item.Spec.Ingress.Any(static rule => rule.Ports.Any(static port => port.Port.Value == "8089"))) ? [] : ["no policy for the solver"]),
    ];

    [GeneratedRegex(@"^\d+[kKmMgG]?$")]
    private static partial Regex BodySize();

    private static ManifestRule Ingress(string name, Func<V1Ingress, ManifestSet, bool> isKept) =>
        new($"ingress: {name}", set => set.Of<V1Ingress>().Where(item => !isKept(item, set)).Select(static item => item.Metadata.Name));
}
