using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Hosting.ApplicationModel;

/// <param name="Interval">Between two saves to disk.</param>
/// <param name="KeysChanged">Fewest changed keys that are worth a save.</param>
internal sealed record RedisPersistenceAnnotation(TimeSpan Interval, long KeysChanged) : IResourceAnnotation;

/// <param name="Path">Absolute path in the container.</param>
internal sealed record RedisModuleAnnotation(string Path) : IResourceAnnotation;
