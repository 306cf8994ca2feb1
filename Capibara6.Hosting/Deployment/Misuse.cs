namespace Capibara6.Hosting.Deployment;

/// <summary>A model that can't be deployed is refused where it is written, in one line.</summary>
internal static class Misuse
{
    public static void When<T>(bool wrong, IResourceBuilder<T> builder, string what)
        where T : IResource
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (wrong)
        {
            throw new DistributedApplicationException($"Resource '{builder.Resource.Name}': {what}.");
        }
    }
}
