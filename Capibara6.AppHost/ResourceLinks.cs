/// <summary>Where the dashboard's links and the console's lead.</summary>
internal static class ResourceLinks
{
    private const string HealthPath = "/health";

    /// <summary>The endpoint's link leads to the first of these, and each has a name. Health is among the details, but where there is nothing else.</summary>
    public static IResourceBuilder<ProjectResource> WithLinks(this IResourceBuilder<ProjectResource> service, params (string Text, string Path)[] links) =>
        service.WithUrls(context =>
        {
            context.Urls.Clear();
            var endpoint = service.GetEndpoint("http");
            void Add(string text, string path, UrlDisplayLocation location) => context.Urls.Add(new ResourceUrlAnnotation
            {
                Url = endpoint.Url + path,
                DisplayText = text,
                // The endpoint's own link is the first; all links of an endpoint would get that one's path.
                Endpoint = context.Urls.Count == 0 ? endpoint : null,
                DisplayLocation = location,
            });
            foreach (var (text, path) in links)
            {
                Add(text, path, UrlDisplayLocation.SummaryAndDetails);
            }

            Add("Health", HealthPath, links.Length == 0 ? UrlDisplayLocation.SummaryAndDetails : UrlDisplayLocation.DetailsOnly);
        });
}
