using System.Globalization;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Utils;
using Capibara6.Hosting.ApplicationModel;
using Microsoft.Extensions.DependencyInjection;

namespace Aspire.Hosting;

/// <summary>Adds Redis servers.</summary>
public static partial class RedisBuilderExtensions
{
    private const string Registry = "docker.io";
    private const string Image = "library/redis";
    private const string Tag = "8.6";

    /// <param name="port">Port on this machine; null for any.</param>
    public static IResourceBuilder<RedisResource> AddRedis(this IDistributedApplicationBuilder builder, [ResourceName] string name, int? port) =>
        builder.AddRedis(name, port, null);

    /// <param name="port">Port on this machine; null for any.</param>
    /// <param name="password">Null for one that is generated, and kept in the user secrets.</param>
    public static IResourceBuilder<RedisResource> AddRedis(
        this IDistributedApplicationBuilder builder, [ResourceName] string name, int? port = null, IResourceBuilder<ParameterResource>? password = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(name);
        // Client libraries separate the parts of a Redis connection string by commas, and know no quotes.
        var passwordParameter = password?.Resource
            ?? ParameterResourceBuilderExtensions.CreateDefaultPasswordParameter(builder, $"{name}-password", special: false);
        var redis = new RedisResource(name, passwordParameter);
        var key = $"{name}_check";
        builder.Services.AddHealthChecks().AddRedis(_ => ConnectionStrings.Known(redis), name: key);
        return builder.AddResource(redis)
            .WithInitialState(new CustomResourceSnapshot { ResourceType = KnownResourceTypes.Container, Properties = [] })
            .WithEndpoint(port: port, targetPort: 6379, scheme: "redis", name: RedisResource.PrimaryEndpointName)
            .WithImage(Image, Tag)
            .WithImageRegistry(Registry)
            .WithIconName("Database")
            .WithEntrypoint("/bin/sh")
            .WithEnvironment(context =>
            {
                if (redis.PasswordParameter is { } secret)
                {
                    context.EnvironmentVariables["REDIS_PASSWORD"] = secret;
                }
            })
            .WithArgs(context =>
            {
                context.Args.Add("-c");
                context.Args.Add(string.Join(' ', ServerCommand(redis)));
            })
            .WithHealthCheck(key)
            .OnConnectionStringAvailable(ConnectionStrings.RememberAsync)
            .ReferToParameters(password);
    }

    /// <summary>Keeps the data in a volume, and saves it every minute if a key changed.</summary>
    /// <param name="name">Null for a name made from application and resource.</param>
    public static IResourceBuilder<RedisResource> WithDataVolume(this IResourceBuilder<RedisResource> builder, string? name = null, bool isReadOnly = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.WithVolume(name ?? VolumeNameGenerator.Generate(builder, "data"), "/data", isReadOnly);
        return isReadOnly ? builder : builder.WithPersistence();
    }

    /// <summary>Keeps the data in a folder of this machine, and saves it every minute if a key changed.</summary>
    public static IResourceBuilder<RedisResource> WithDataBindMount(this IResourceBuilder<RedisResource> builder, string source, bool isReadOnly = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.WithBindMount(source, "/data", isReadOnly);
        return isReadOnly ? builder : builder.WithPersistence();
    }

    /// <summary>Saves the data to disk.</summary>
    /// <param name="interval">Between two saves; null for one minute.</param>
    /// <param name="keysChangedThreshold">Fewest changed keys that are worth a save.</param>
    public static IResourceBuilder<RedisResource> WithPersistence(
        this IResourceBuilder<RedisResource> builder, TimeSpan? interval = null, long keysChangedThreshold = 1)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithAnnotation(
            new RedisPersistenceAnnotation(interval ?? TimeSpan.FromMinutes(1), keysChangedThreshold), ResourceAnnotationMutationBehavior.Replace);
    }

    /// <summary>Loads a module of the server.</summary>
    /// <param name="path">Absolute path in the container.</param>
    public static IResourceBuilder<RedisResource> WithModule(this IResourceBuilder<RedisResource> builder, string path)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return path?.StartsWith('/') == true
            ? builder.WithAnnotation(new RedisModuleAnnotation(path))
            : throw new ArgumentException($"The path '{path}' of a module must be absolute in the container.", nameof(path));
    }

    /// <param name="password">Null for a server without a password.</param>
    public static IResourceBuilder<RedisResource> WithPassword(this IResourceBuilder<RedisResource> builder, IResourceBuilder<ParameterResource>? password)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Resource.SetPassword(password?.Resource);
        return builder.ReferToParameters(password);
    }

    /// <param name="port">Port on this machine; null for any.</param>
    public static IResourceBuilder<RedisResource> WithHostPort(this IResourceBuilder<RedisResource> builder, int? port)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.WithEndpoint(RedisResource.PrimaryEndpointName, endpoint => endpoint.Port = port);
    }

    // A shell fills in the password, so that it isn't in the arguments, which everyone on the machine can read.
    private static IEnumerable<string> ServerCommand(RedisResource redis)
    {
        yield return "redis-server";
        if (redis.PasswordParameter is not null)
        {
            yield return "--requirepass $REDIS_PASSWORD";
        }

        if (redis.TryGetLastAnnotation<RedisPersistenceAnnotation>(out var persistence))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"--save {(long)persistence.Interval.TotalSeconds} {persistence.KeysChanged}");
        }

        foreach (var module in redis.Annotations.OfType<RedisModuleAnnotation>())
        {
            yield return "--loadmodule " + module.Path;
        }
    }
}
