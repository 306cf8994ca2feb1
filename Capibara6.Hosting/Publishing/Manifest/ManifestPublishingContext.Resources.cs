using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;

namespace Aspire.Hosting.Publishing;

public sealed partial class ManifestPublishingContext
{
    /// <summary>Writes a container: image or build, entry point, arguments, mounts, variables and endpoints.</summary>
    public async Task WriteContainerAsync(ContainerResource container)
    {
        ArgumentNullException.ThrowIfNull(container);
        container.TryGetLastAnnotation<DockerfileBuildAnnotation>(out var build);
        Writer.WriteString("type", build is null ? "container.v0" : "container.v1");
        WriteConnectionString(container);
        if (build is not null)
        {
            WriteBuild(build);
        }
        else
        {
            Writer.WriteString("image", container.TryGetContainerImageName(out var image)
                ? image
                : throw new DistributedApplicationException($"Could not get the container image name of resource '{container.Name}'."));
        }

        if (container.Entrypoint is not null)
        {
            Writer.WriteString("entrypoint", container.Entrypoint);
        }

        await WriteCommandLineArgumentsAsync(container).ConfigureAwait(false);
        WriteMounts(container);
        await WriteEnvironmentVariablesAsync(container).ConfigureAwait(false);
        WriteBindings(container);
    }

    internal async Task WriteModelAsync(DistributedApplicationModel model, CancellationToken cancellationToken)
    {
        Writer.WriteStartObject();
        Writer.WriteStartObject("resources");
        var written = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var resource in model.Resources)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!resource.IsExcludedFromPublish())
            {
                await WriteResourceAsync(resource).ConfigureAwait(false);
                written.Add(resource.Name);
            }
        }

        foreach (var parameter in _expressions.ReferencedParameters(model))
        {
            if (written.Add(parameter.Name))
            {
                await WriteResourceAsync(parameter).ConfigureAwait(false);
                WriteEncoded(parameter);
            }
        }

        foreach (var (name, value) in _expressions.TakeEncoded())
        {
            WriteEncoded(name, value);
        }

        await WriteConditionalsAsync(cancellationToken).ConfigureAwait(false);
        Writer.WriteEndObject();
        Writer.WriteEndObject();
        await Writer.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    internal void WriteParameterInput(string name, bool secret, ParameterDefault? parameterDefault)
    {
        Writer.WriteString("value", $"{{{name}.inputs.value}}");
        Writer.WriteStartObject("inputs");
        Writer.WriteStartObject("value");
        Writer.WriteString("type", "string");
        if (secret)
        {
            Writer.WriteBoolean("secret", true);
        }

        if (parameterDefault is not null)
        {
            Writer.WriteStartObject("default");
            parameterDefault.WriteToManifest(this);
            Writer.WriteEndObject();
        }

        Writer.WriteEndObject();
        Writer.WriteEndObject();
    }

    private async Task WriteResourceAsync(IResource resource)
    {
        Writer.WriteStartObject(resource.Name);
        if (resource.TryGetLastAnnotation<ManifestPublishingCallbackAnnotation>(out var own) && own.Callback is { } write)
        {
            await write(this).ConfigureAwait(false);
        }
        else
        {
            await WriteContentAsync(resource).ConfigureAwait(false);
        }

        Writer.WriteEndObject();
    }

    private Task WriteContentAsync(IResource resource)
    {
        switch (resource)
        {
            case ContainerResource container:
                return WriteContainerAsync(container);
            case ProjectResource project:
                return WriteProjectAsync(project);
            case ExecutableResource executable:
                return WriteExecutableAsync(executable);
            case ParameterResource parameter:
                WriteParameter(parameter);
                return Task.CompletedTask;
            case IResourceWithConnectionString:
                Writer.WriteString("type", "value.v0");
                WriteConnectionString(resource);
                return Task.CompletedTask;
            default:
                Writer.WriteString("error", "This resource does not support generation in the manifest.");
                return Task.CompletedTask;
        }
    }

    private async Task WriteProjectAsync(ProjectResource project)
    {
        Writer.WriteString("type", "project.v0");
        Writer.WriteString("path", project.TryGetLastAnnotation<IProjectMetadata>(out var metadata)
            ? GetManifestRelativePath(metadata.ProjectPath)
            : throw new DistributedApplicationException($"Project metadata not found for resource '{project.Name}'."));
        await WriteCommandLineArgumentsAsync(project).ConfigureAwait(false);
        await WriteEnvironmentVariablesAsync(project).ConfigureAwait(false);
        WriteBindings(project);
    }

    private async Task WriteExecutableAsync(ExecutableResource executable)
    {
        Writer.WriteString("type", "executable.v0");
        Writer.WriteString("workingDirectory", GetManifestRelativePath(executable.WorkingDirectory));
        Writer.WriteString("command", executable.Command);
        await WriteCommandLineArgumentsAsync(executable).ConfigureAwait(false);
        await WriteEnvironmentVariablesAsync(executable).ConfigureAwait(false);
        WriteBindings(executable);
    }

    private void WriteParameter(ParameterResource parameter)
    {
        Writer.WriteString("type", "parameter.v0");
        if (parameter.IsConnectionString)
        {
            Writer.WriteString("connectionString", $"{{{parameter.Name}.value}}");
        }

        WriteParameterInput(parameter.Name, parameter.Secret, parameter.Default);
    }

    private void WriteBuild(DockerfileBuildAnnotation build)
    {
        Writer.WriteStartObject("build");
        Writer.WriteString("context", GetManifestRelativePath(build.ContextPath));
        Writer.WriteString("dockerfile", GetManifestRelativePath(build.DockerfilePath));
        if (build.Stage is not null)
        {
            Writer.WriteString("stage", build.Stage);
        }

        if (build.BuildArguments.Count > 0)
        {
            Writer.WriteStartObject("args");
            foreach (var (name, value) in build.BuildArguments)
            {
                Writer.WriteString(name, value is null ? null : _expressions.Format(value));
            }

            Writer.WriteEndObject();
        }

        if (build.BuildSecrets.Count > 0)
        {
            Writer.WriteStartObject("secrets");
            foreach (var (name, value) in build.BuildSecrets)
            {
                Writer.WriteStartObject(name);
                Writer.WriteString("type", "env");
                Writer.WriteString("value", _expressions.Format(value));
                Writer.WriteEndObject();
            }

            Writer.WriteEndObject();
        }

        Writer.WriteEndObject();
    }

    private void WriteMounts(ContainerResource container)
    {
        var mounts = container.Annotations.OfType<ContainerMountAnnotation>().ToLookup(mount => mount.Type);
        if (mounts[ContainerMountType.BindMount].Any())
        {
            Writer.WriteStartArray("bindMounts");
            foreach (var mount in mounts[ContainerMountType.BindMount])
            {
                WriteMount("source", GetManifestRelativePath(mount.Source), mount);
            }

            Writer.WriteEndArray();
        }

        if (mounts[ContainerMountType.Volume].Any())
        {
            Writer.WriteStartArray("volumes");
            foreach (var mount in mounts[ContainerMountType.Volume])
            {
                WriteMount("name", mount.Source, mount);
            }

            Writer.WriteEndArray();
        }
    }

    private void WriteMount(string sourceName, string? source, ContainerMountAnnotation mount)
    {
        Writer.WriteStartObject();
        if (!string.IsNullOrEmpty(source))
        {
            Writer.WriteString(sourceName, source);
        }

        Writer.WriteString("target", mount.Target.Replace('\\', '/'));
        Writer.WriteBoolean("readOnly", mount.IsReadOnly);
        Writer.WriteEndObject();
    }

    private void WriteEncoded(ParameterResource parameter)
    {
        if (_expressions.TakeEncoded(parameter) is { } name)
        {
            WriteEncoded(name, parameter.ValueExpression);
        }
    }

    private void WriteEncoded(string name, string value)
    {
        Writer.WriteStartObject(name);
        Writer.WriteString("type", "annotated.string");
        Writer.WriteString("value", value);
        Writer.WriteString("filter", ExpressionFormats.Uri);
        Writer.WriteEndObject();
    }

    private async Task WriteConditionalsAsync(CancellationToken cancellationToken)
    {
        foreach (var conditional in _expressions.Conditionals())
        {
            // Deployment tools know no conditions: what holds now is written.
            var decides = await conditional.Condition!.GetValueAsync(
                new ValueProviderContext { ExecutionContext = ExecutionContext }, cancellationToken).ConfigureAwait(false);
            var chosen = string.Equals(decides, conditional.MatchValue, StringComparison.OrdinalIgnoreCase) ? conditional.WhenTrue! : conditional.WhenFalse!;
            Writer.WriteStartObject(conditional.ConditionalName!);
            Writer.WriteString("type", "value.v0");
            Writer.WriteString("connectionString", _expressions.Format(chosen));
            Writer.WriteEndObject();
        }
    }
}
