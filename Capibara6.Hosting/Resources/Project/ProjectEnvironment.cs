using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Hosting.ApplicationModel;

/// <summary>The variables that tell a project where to listen and how to start.</summary>
internal static class ProjectEnvironment
{
    public static void SetRunMode(EnvironmentCallbackContext context, ProjectResource resource, NamedLaunchProfile? profile, bool development)
    {
        var variables = context.EnvironmentVariables;
        if (development)
        {
            variables["OTEL_DOTNET_EXPERIMENTAL_ASPNETCORE_DISABLE_URL_QUERY_REDACTION"] = "true";
            variables["OTEL_DOTNET_EXPERIMENTAL_HTTPCLIENT_DISABLE_URL_QUERY_REDACTION"] = "true";
        }

        variables["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"] = "true";
        variables["LOGGING__CONSOLE__FORMATTERNAME"] = "simple";
        if (profile is not null)
        {
            variables.TryAdd("DOTNET_LAUNCH_PROFILE", profile.Name);
            foreach (var (name, value) in profile.Profile.EnvironmentVariables)
            {
                variables.TryAdd(name, Environment.ExpandEnvironmentVariables(value));
            }
        }

        EndpointReference[] endpoints = [.. resource.GetEndpoints().Where(endpoint => resource.ShouldInject(endpoint.EndpointAnnotation))];
        if (resource.HasKestrelEndpoints)
        {
            foreach (var endpoint in endpoints)
            {
                variables[$"Kestrel__Endpoints__{endpoint.EndpointName}__Url"] = ListenUrl(endpoint);
            }
        }
        else if (endpoints.Length > 0 && !variables.ContainsKey("ASPNETCORE_URLS"))
        {
            variables["ASPNETCORE_URLS"] = Join(endpoints.Select(ListenUrl));
        }

        if (endpoints.FirstOrDefault(endpoint => endpoint.IsHttps) is { } https)
        {
            variables["ASPNETCORE_HTTPS_PORT"] = https.Property(EndpointProperty.Port);
        }
    }

    public static void SetPublishMode(EnvironmentCallbackContext context, ProjectResource resource)
    {
        EndpointReference[] endpoints = [.. resource.GetEndpoints().Where(endpoint => resource.ShouldInject(endpoint.EndpointAnnotation))];
        if (endpoints.Length > 0 && !resource.ForwardedHeadersDisabled)
        {
            context.EnvironmentVariables["ASPNETCORE_FORWARDEDHEADERS_ENABLED"] = "true";
        }

        SetPorts("HTTP_PORTS", endpoints.Where(endpoint => endpoint.IsHttp));
        SetPorts("HTTPS_PORTS", endpoints.Where(endpoint => endpoint.IsHttps && endpoint.EndpointAnnotation != resource.DefaultHttpsEndpoint));

        void SetPorts(string variable, IEnumerable<EndpointReference> listening)
        {
            ReferenceExpression[] ports = [.. listening.Select(endpoint => ReferenceExpression.Create($"{endpoint.Property(EndpointProperty.TargetPort)}"))];
            if (ports.Length > 0)
            {
                context.EnvironmentVariables[variable] = Join(ports);
            }
        }
    }

    private static ReferenceExpression ListenUrl(EndpointReference endpoint) => ReferenceExpression.Create(
        $"{endpoint.Scheme}://{endpoint.EndpointAnnotation.TargetHost}:{endpoint.Property(EndpointProperty.TargetPort)}");

    private static ReferenceExpression Join(IEnumerable<ReferenceExpression> parts)
    {
        var joined = new ReferenceExpressionBuilder();
        foreach (var part in parts)
        {
            if (!joined.IsEmpty)
            {
                joined.AppendLiteral(";");
            }

            joined.AppendFormatted(part);
        }

        return joined.Build();
    }
}
