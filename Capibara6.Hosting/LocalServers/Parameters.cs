using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Hosting.LocalServers;

/// <summary>A parameter without a value ends the run before it begins: what needs it would wait for ever.</summary>
internal static class Parameters
{
    /// <exception cref="DistributedApplicationException">One has none; the message says how to give it.</exception>
    public static void EnsureValues(IEnumerable<IResource> resources)
    {
        foreach (var parameter in resources.OfType<ParameterResource>())
        {
            var section = parameter.IsConnectionString ? "ConnectionStrings" : "Parameters";
            try
            {
                // Before the start it is read from where it is at once.
                _ = parameter.GetValueAsync(CancellationToken.None).AsTask().GetAwaiter().GetResult();
            }
            catch (MissingParameterValueException error)
            {
                throw new DistributedApplicationException(
                    $"Parameter '{parameter.Name}' has no value. Set it with the environment variable {section}__{parameter.Name.Replace('-', '_')}, "
                    + $"with --{section}:{parameter.Name}=<value>, or in the AppHost's user secrets.", error);
            }
        }
    }
}
