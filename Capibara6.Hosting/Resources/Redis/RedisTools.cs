using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Redis;
using Aspire.Hosting.Utils;
using Capibara6.Hosting.ApplicationModel;

namespace Aspire.Hosting.Redis
{
    /// <summary>Redis Insight: a web page to look into Redis servers.</summary>
    public class RedisInsightResource(string name) : ContainerResource(name)
    {
        public EndpointReference PrimaryEndpoint => field ??= new EndpointReference(this, "http");
    }

    /// <summary>Redis Commander: another one.</summary>
    public class RedisCommanderResource(string name) : ContainerResource(name);
}

namespace Aspire.Hosting
{
    public static partial class RedisBuilderExtensions
    {
        /// <summary>Adds Redis Insight for the Redis servers of the model; once, whoever asks first.</summary>
        /// <param name="containerName">Null for redisinsight.</param>
        public static IResourceBuilder<RedisResource> WithRedisInsight(
            this IResourceBuilder<RedisResource> builder, Action<IResourceBuilder<RedisInsightResource>>? configureContainer = null, string? containerName = null)
        {
            ArgumentNullException.ThrowIfNull(builder);
            var application = builder.ApplicationBuilder;
            var tool = application.Resources.OfType<RedisInsightResource>().FirstOrDefault();
            var insight = tool is not null
                ? application.CreateResourceBuilder(tool)
                : application.AddResource(new RedisInsightResource(containerName ?? "redisinsight"))
                    .AsTool("redis/redisinsight", "3.4", "docker.io", 5540)
                    .WithEnvironment(context => ListServers(context, application));
            insight.WithRelationship(builder.Resource, "RedisInsight");
            configureContainer?.Invoke(insight);
            return builder;
        }

        /// <summary>Adds Redis Commander for the Redis servers of the model; once, whoever asks first.</summary>
        /// <param name="containerName">Null for rediscommander.</param>
        public static IResourceBuilder<RedisResource> WithRedisCommander(
            this IResourceBuilder<RedisResource> builder, Action<IResourceBuilder<RedisCommanderResource>>? configureContainer = null, string? containerName = null)
        {
            ArgumentNullException.ThrowIfNull(builder);
            var application = builder.ApplicationBuilder;
            var tool = application.Resources.OfType<RedisCommanderResource>().FirstOrDefault();
            var commander = tool is not null
                ? application.CreateResourceBuilder(tool)
                : application.AddResource(new RedisCommanderResource(containerName ?? "rediscommander"))
                    .AsTool("joeferner/redis-commander", "latest", "ghcr.io", 8081)
                    .WithEnvironment(context => context.EnvironmentVariables["REDIS_HOSTS"] = Hosts(application));
            commander.WithRelationship(builder.Resource, "RedisCommander");
            configureContainer?.Invoke(commander);
            return builder;
        }

        /// <param name="port">Port on this machine; null for any.</param>
        public static IResourceBuilder<RedisInsightResource> WithHostPort(this IResourceBuilder<RedisInsightResource> builder, int? port)
        {
            ArgumentNullException.ThrowIfNull(builder);
            return builder.WithEndpoint("http", endpoint => endpoint.Port = port);
        }

        /// <inheritdoc cref="WithHostPort(IResourceBuilder{RedisInsightResource}, int?)"/>
        public static IResourceBuilder<RedisCommanderResource> WithHostPort(this IResourceBuilder<RedisCommanderResource> builder, int? port)
        {
            ArgumentNullException.ThrowIfNull(builder);
            return builder.WithEndpoint("http", endpoint => endpoint.Port = port);
        }

        /// <summary>Keeps what Redis Insight knows in a volume.</summary>
        public static IResourceBuilder<RedisInsightResource> WithDataVolume(this IResourceBuilder<RedisInsightResource> builder, string? name = null)
        {
            ArgumentNullException.ThrowIfNull(builder);
            return builder.WithVolume(name ?? VolumeNameGenerator.Generate(builder, "data"), "/data");
        }

        /// <summary>Keeps what Redis Insight knows in a folder of this machine.</summary>
        public static IResourceBuilder<RedisInsightResource> WithDataBindMount(this IResourceBuilder<RedisInsightResource> builder, string source)
        {
            ArgumentNullException.ThrowIfNull(builder);
            return builder.WithBindMount(source, "/data");
        }

        private static void ListServers(EnvironmentCallbackContext context, IDistributedApplicationBuilder application)
        {
            var number = 0;
            foreach (var redis in application.Resources.OfType<RedisResource>())
            {
                number++;
                context.EnvironmentVariables[$"RI_REDIS_HOST{number}"] = redis.Host;
                context.EnvironmentVariables[$"RI_REDIS_PORT{number}"] = redis.Port;
                context.EnvironmentVariables[$"RI_REDIS_ALIAS{number}"] = redis.Name;
                if (redis.PasswordParameter is { } password)
                {
                    context.EnvironmentVariables[$"RI_REDIS_PASSWORD{number}"] = password;
                }
            }
        }

        // label:host:port:database:password, separated by commas.
        private static ReferenceExpression Hosts(IDistributedApplicationBuilder application)
        {
            var hosts = new ReferenceExpressionBuilder();
            foreach (var redis in application.Resources.OfType<RedisResource>())
            {
                if (!hosts.IsEmpty)
                {
                    hosts.AppendLiteral(",");
                }

                hosts.Append($"{redis.Name}:{redis.Host}:{redis.Port}:0");
                if (redis.PasswordParameter is { } password)
                {
                    hosts.Append($":{password}");
                }
            }

            return hosts.Build();
        }
    }
}
