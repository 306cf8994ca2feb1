using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;

namespace Capibara6.Hosting.Orchestration.Replicas;

/// <summary>Reads off the model what a replica is asked to find out whether it is ready.</summary>
internal static class HttpQuestions
{
    public static IReadOnlyList<HttpQuestion> Of(IResource resource) =>
    [
        .. resource.Annotations.OfType<HttpHealthCheckAnnotation>()
            .Where(check => check.Endpoint.Resource == resource)
            .Select(check => new HttpQuestion(check.Endpoint.EndpointName, check.Path, check.StatusCode)),
    ];
}
