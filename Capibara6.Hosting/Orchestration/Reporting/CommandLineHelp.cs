using System.Globalization;
using System.Text;
using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.Orchestration.Endpoints;

namespace Capibara6.Hosting.Orchestration.Reporting;

/// <summary>The text of <c>--help</c>.</summary>
internal static class CommandLineHelp
{
    public const string Key = "Hosting:Help";

    private static readonly (string Name, string Help)[] s_variables =
    [
        ("Parameters__NAME", "value of the parameter NAME (hyphens become underscores)"),
        ("ConnectionStrings__NAME", "a connection string that the model reads"),
        ("Hosting__Infrastructure", "as --infrastructure"),
        ("Hosting__PostgresFolder", "folder with PostgreSQL's initdb and postgres, for local servers"),
        ("Hosting__Proxy__Patience", "how long a request waits for a replica that is not ready, such as 00:00:03"),
        ("ASPIRE_CONTAINER_RUNTIME", "docker or podman"),
        ("ASPIRE_DASHBOARD_OTLP_ENDPOINT_URL", "where services send their telemetry (gRPC)"),
        ("ASPIRE_DASHBOARD_OTLP_HTTP_ENDPOINT_URL", "the same over HTTP"),
        ("ASPIRE_ALLOW_UNSECURED_TRANSPORT", "true: http is allowed for the dashboard and telemetry"),
        ("ASPIRE_USER_SECRETS_ID", "where generated passwords are kept"),
        ("DOTNET_ENVIRONMENT", "name of the environment, such as Development"),
    ];

    public static string Text(string application, DistributedApplicationModel model, IEnumerable<string> publishers)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{application}: runs the application on this machine, or writes what deploys it.");
        text.AppendLine().AppendLine("Switches");
        foreach (var (name, _, help) in AppHostCommandLine.Switches)
        {
            Line(text, name, help);
        }

        Line(text, "--KEY=VALUE", "any setting, such as --Parameters:NAME=VALUE");
        text.AppendLine().AppendLine("Publishers");
        Line(text, string.Join(", ", publishers), "for --publisher, with --output-path");
        text.AppendLine().AppendLine("Environment variables");
        foreach (var (name, help) in s_variables)
        {
            Line(text, name, help);
        }

        AddModel(text, model);
        return text.ToString();
    }

    private static void AddModel(StringBuilder text, DistributedApplicationModel model)
    {
        var ports = model.Resources.SelectMany(resource => resource.Annotations.OfType<EndpointAnnotation>().Select(endpoint => (resource, endpoint))).ToList();
        if (ports.Count > 0)
        {
            text.AppendLine().AppendLine("Public ports (0: any free one)");
            foreach (var (resource, endpoint) in ports)
            {
                Line(text, $"--{EndpointAllocator.PortKey(resource, endpoint)}=PORT", endpoint.Port is { } port ? $"default {port}" : "default: any");
            }
        }

        var parameters = model.Resources.OfType<ParameterResource>().ToList();
        if (parameters.Count > 0)
        {
            text.AppendLine().AppendLine("Parameters");
            foreach (var parameter in parameters)
            {
                Line(text, $"--{parameter.ConfigurationKey}=VALUE", parameter.Description ?? (parameter.Secret ? "secret" : string.Empty));
            }
        }
    }

    private static void Line(StringBuilder text, string name, string help) =>
        text.AppendLine($"  {name.PadRight(46)} {help}".TrimEnd());
}
