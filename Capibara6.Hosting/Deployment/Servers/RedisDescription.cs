namespace Capibara6.Hosting.Deployment.Servers;

/// <summary>Redis's image.</summary>
internal sealed class RedisDescription : IServerDescription
{
    public ServerAnnotation? Describe(IResource resource) => resource is not RedisResource ? null : new ServerAnnotation
    {
        HealthScript = "REDISCLI_AUTH=\"$(cat /run/secrets/REDIS_PASSWORD)\" redis-cli ping | grep -q PONG",
        // The script that Aspire starts it with stands where the image's entry point would leave root; the volume is this user's in the image.
        User = "redis",
        // Old entries are given up before the container's limit ends the server; saving takes a part of the memory again.
        MemoryArguments = static bytes => string.Create(CultureInfo.InvariantCulture, $" --maxmemory {bytes / 10 * 6} --maxmemory-policy volatile-lru"),
    };
}
