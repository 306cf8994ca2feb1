using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Hosting.ApplicationModel;

/// <summary>Draws relationships to the parameters that a resource was given.</summary>
internal static class ParameterReferences
{
    public static IResourceBuilder<T> ReferToParameters<T>(this IResourceBuilder<T> builder, params IResourceBuilder<ParameterResource>?[] parameters)
        where T : IResource
    {
        foreach (var parameter in parameters)
        {
            if (parameter is not null)
            {
                builder.WithReferenceRelationship(parameter.Resource);
            }
        }

        return builder;
    }
}
