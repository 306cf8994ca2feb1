using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;
using Capibara6.Hosting.Orchestration.Containers;
using Capibara6.Hosting.Orchestration.Processes;
using Capibara6.Hosting.Orchestration.Replicas;
using Microsoft.Extensions.Configuration;

namespace Capibara6.Hosting.Orchestration.Launchers;

/// <summary>Writes down for the container runtime what the model says of a container.</summary>
internal sealed class ContainerSpecs(ResourceConfigurationEvaluator evaluator, IConfiguration configuration)
{
    private const int PersistentSuffixLength = 8;

    public async Task<(ContainerSpec Spec, InstanceConfiguration Configuration)> CreateAsync(
        InstanceLaunch launch, string network, Action<ProcessLine> log, CancellationToken cancellationToken)
    {
        var resource = (ContainerResource)launch.Resource;
        List<EndpointAnnotation> endpoints = [.. resource.Annotations.OfType<EndpointAnnotation>()];
        var targetPorts = endpoints.ToDictionary(
            endpoint => endpoint.Name, endpoint => endpoint.TargetPort ?? launch.TargetPorts[endpoint.Name], StringComparer.OrdinalIgnoreCase);
        var configured = await evaluator.EvaluateAsync(resource, launch.Instance, targetPorts, cancellationToken);
        if (!resource.TryGetContainerImageName(out var image))
        {
            throw new InstanceLaunchException($"'{resource.Name}' says not which image it runs.");
        }

        var persistent = resource.TryGetLastAnnotation<ContainerLifetimeAnnotation>(out var lifetime) && lifetime.Lifetime == ContainerLifetime.Persistent;
        var spec = new ContainerSpec(image, NameOf(resource, launch.Instance, persistent))
        {
            Entrypoint = resource.Entrypoint,
            Arguments = [.. configured.Arguments.Select(argument => argument.Value)],
            Environment = configured.Environment,
            Ports = [.. endpoints.Select(endpoint => new ContainerPort(
                launch.TargetPorts[endpoint.Name], targetPorts[endpoint.Name], endpoint.Protocol.ToString().ToLowerInvariant()))],
            Mounts = [.. resource.Annotations.OfType<ContainerMountAnnotation>().Select(mount => new ContainerMount(
                mount.Type == ContainerMountType.BindMount ? ContainerMountKind.Bind : ContainerMountKind.Volume, mount.Source, mount.Target, mount.IsReadOnly))],
            Network = network,
            NetworkAliases = [resource.Name, HostNameOf(resource), .. resource.Annotations.OfType<ContainerNetworkAliasAnnotation>().Select(alias => alias.Alias)],
            HostAlias = KnownHostNames.DockerDesktopHostBridge,
            RuntimeArguments = await RuntimeArgumentsAsync(resource, cancellationToken),
            IsPersistent = persistent,
            Pull = PullOf(resource),
            OnLine = log,
        };
        return (spec, configured);
    }

    /// <summary>The name that other containers find this one by.</summary>
    public static string HostNameOf(IResource resource) => $"{resource.Name.ToLowerInvariant()}.dev.internal";

    private string NameOf(ContainerResource resource, ResourceInstance instance, bool persistent)
    {
        if (resource.TryGetLastAnnotation<ContainerNameAnnotation>(out var given))
        {
            return given.Name;
        }

        return persistent && configuration["AppHost:Sha256"] is { Length: >= PersistentSuffixLength } hash
            ? $"{resource.Name}-{hash[..PersistentSuffixLength].ToLowerInvariant()}"
            : instance.Id;
    }

    private static async Task<IReadOnlyList<string>> RuntimeArgumentsAsync(ContainerResource resource, CancellationToken cancellationToken)
    {
        var arguments = new List<object>();
        var context = new ContainerRuntimeArgsCallbackContext(arguments, cancellationToken);
        foreach (var callback in resource.Annotations.OfType<ContainerRuntimeArgsCallbackAnnotation>())
        {
            await callback.Callback(context);
        }

        var resolved = new List<string>();
        foreach (var argument in arguments)
        {
            if (await ResourceConfigurationEvaluator.ResolveAsync(argument, new ValueProviderContext { Caller = resource }, cancellationToken) is { } text)
            {
                resolved.Add(text);
            }
        }

        return resolved;
    }

    private static ImagePull PullOf(ContainerResource resource) =>
        resource.TryGetLastAnnotation<ContainerImagePullPolicyAnnotation>(out var policy)
            ? policy.ImagePullPolicy switch
            {
                ImagePullPolicy.Always => ImagePull.Always,
                ImagePullPolicy.Never => ImagePull.Never,
                _ => ImagePull.Missing,
            }
            : ImagePull.Missing;
}
