using System.Text.Json;
using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;
using Capibara6.Hosting.Publishing.Manifest;
using Microsoft.Extensions.Logging.Abstractions;

namespace Aspire.Hosting.Publishing;

/// <summary>Writes a manifest, and offers its parts to resources that write themselves.</summary>
public sealed partial class ManifestPublishingContext
{
    private readonly ManifestExpressions _expressions = new();
    private readonly PortAllocator _ports = new();

    /// <param name="manifestPath">Absolute path of the manifest; relative paths in it start in its folder.</param>
    public ManifestPublishingContext(
        DistributedApplicationExecutionContext executionContext, string manifestPath, Utf8JsonWriter writer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(executionContext);
        ArgumentException.ThrowIfNullOrEmpty(manifestPath);
        ArgumentNullException.ThrowIfNull(writer);
        ExecutionContext = executionContext;
        ManifestPath = manifestPath;
        Writer = writer;
        CancellationToken = cancellationToken;
    }

    public DistributedApplicationExecutionContext ExecutionContext { get; }

    public string ManifestPath { get; }

    public Utf8JsonWriter Writer { get; }

    public CancellationToken CancellationToken { get; }

    /// <summary>A path as it is written: from the manifest's folder, with slashes. Null stays null.</summary>
    public string? GetManifestRelativePath(string? path) => path is null
        ? null
        : Path.GetRelativePath(Path.GetDirectoryName(Path.GetFullPath(ManifestPath))!, path).Replace('\\', '/');

    /// <summary>Makes sure that what the value refers to is in the manifest as well.</summary>
    public void TryAddDependentResources(object? value) => _expressions.AddReferences(value);

    /// <summary>Writes all variables of the resource as <c>env</c>.</summary>
    public async Task WriteEnvironmentVariablesAsync(IResource resource)
    {
        var variables = await ResourceConfigurationEvaluator.GetEnvironmentAsync(resource, ExecutionContext, NullLogger.Instance, CancellationToken).ConfigureAwait(false);
        if (variables.Count == 0)
        {
            return;
        }

        Writer.WriteStartObject("env");
        foreach (var (name, value) in variables)
        {
            Writer.WriteString(name, _expressions.Format(value));
        }

        Writer.WriteEndObject();
    }

    /// <summary>Writes all arguments of the resource as <c>args</c>.</summary>
    public async Task WriteCommandLineArgumentsAsync(IResource resource)
    {
        var arguments = await ResourceConfigurationEvaluator.GetArgumentsAsync(resource, ExecutionContext, NullLogger.Instance, CancellationToken).ConfigureAwait(false);
        if (arguments.Count == 0)
        {
            return;
        }

        Writer.WriteStartArray("args");
        foreach (var argument in arguments)
        {
            Writer.WriteStringValue(_expressions.Format(argument));
        }

        Writer.WriteEndArray();
    }

    /// <summary>Writes the connection string, if the resource has one.</summary>
    public void WriteConnectionString(IResource resource)
    {
        if (resource is IResourceWithConnectionString withConnectionString)
        {
            Writer.WriteString("connectionString", _expressions.Format(withConnectionString.ConnectionStringExpression));
        }
    }

    /// <summary>Writes the endpoints of the resource as <c>bindings</c>.</summary>
    public void WriteBindings(IResource resource)
    {
        var bindings = ManifestBinding.Resolve(resource, _ports);
        if (bindings.Count == 0)
        {
            return;
        }

        Writer.WriteStartObject("bindings");
        foreach (var binding in bindings)
        {
            Writer.WriteStartObject(binding.Endpoint.Name);
            Writer.WriteString("scheme", binding.Endpoint.UriScheme);
            Writer.WriteString("protocol", binding.Endpoint.Protocol.ToString().ToLowerInvariant());
            Writer.WriteString("transport", binding.Endpoint.Transport);
            WriteNumber("port", binding.Port);
            WriteNumber("targetPort", binding.TargetPort);
            if (binding.Endpoint.IsExternal)
            {
                Writer.WriteBoolean("external", true);
            }

            Writer.WriteEndObject();
        }

        Writer.WriteEndObject();
    }

    /// <summary>A value as it would be written.</summary>
    internal static string Expression(object value) => new ManifestExpressions().Format(value);

    private void WriteNumber(string name, int? value)
    {
        if (value is not null)
        {
            Writer.WriteNumber(name, value.Value);
        }
    }
}
