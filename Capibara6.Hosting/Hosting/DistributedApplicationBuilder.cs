using System.Reflection;
using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Eventing;
using Capibara6.Hosting;
using Capibara6.Hosting.ApplicationModel;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting;

/// <inheritdoc cref="IDistributedApplicationBuilder"/>
public class DistributedApplicationBuilder : IDistributedApplicationBuilder
{
    private readonly HostApplicationBuilder _host;
    private readonly DistributedApplicationExecutionContextOptions _contextOptions;

    public DistributedApplicationBuilder(string[] args) : this(new DistributedApplicationOptions { Args = args })
    {
    }

    public DistributedApplicationBuilder(DistributedApplicationOptions options) : this(options, null)
    {
    }

    internal DistributedApplicationBuilder(
        DistributedApplicationOptions options, Action<DistributedApplicationOptions, HostApplicationBuilderSettings>? constructing)
    {
        ArgumentNullException.ThrowIfNull(options);
        ModelErrors.ReportUnhandled();
        var settings = new HostApplicationBuilderSettings { Args = AppHostCommandLine.ForHost(options.Args), Configuration = new ConfigurationManager() };
        settings.Configuration.AddEnvironmentVariables("ASPIRE_");
        constructing?.Invoke(options, settings);
        BuilderEvents.Constructing(options, settings);
        settings.ApplicationName ??= options.Assembly?.GetName().Name;
        settings.ContentRootPath ??= Directory.Exists(options.ProjectDirectory) ? options.ProjectDirectory : null;

        _host = new HostApplicationBuilder(settings);
        AppHostAssembly = options.Assembly;
        AppHostDirectory = Path.GetFullPath(options.ProjectDirectory ?? _host.Environment.ContentRootPath);
        AppHostPath = Path.Join(AppHostDirectory, _host.Environment.ApplicationName);
        AppHostCommandLine.Apply(_host.Configuration, options.Args);
        UserSecretsManager = Capibara6.Hosting.UserSecrets.UserSecretsManager.For(AppHostAssembly);
        _contextOptions = AppHostConfiguration.ReadOperation(_host.Configuration);
        ExecutionContext = new DistributedApplicationExecutionContext(_contextOptions);
        AppHostConfiguration.Fill(this, options);
        AppHostServices.Add(this, options);
        BuilderEvents.Constructed(this);
    }

    public IHostEnvironment Environment => _host.Environment;

    public ConfigurationManager Configuration => _host.Configuration;

    public IServiceCollection Services => _host.Services;

    public string AppHostDirectory { get; }

    /// <summary>Folder and name of the AppHost; it identifies the application on this machine.</summary>
    public string AppHostPath { get; }

    public Assembly? AppHostAssembly { get; }

    public IDistributedApplicationEventing Eventing { get; } = new DistributedApplicationEventing();

    public DistributedApplicationExecutionContext ExecutionContext { get; }

    public IResourceCollection Resources { get; } = new ResourceCollection();

    public IUserSecretsManager UserSecretsManager { get; }

    /// <inheritdoc/>
    public IResourceBuilder<T> AddResource<T>(T resource) where T : IResource
    {
        ArgumentNullException.ThrowIfNull(resource);
        if (Resources.TryGetByName(resource.Name, out var existing))
        {
            throw new DistributedApplicationException(
                $"Cannot add resource of type '{resource.GetType()}' with name '{resource.Name}' because resource of type "
                + $"'{existing.GetType()}' with that name already exists. Resource names are case-insensitive.");
        }

        Resources.Add(resource);
        return CreateResourceBuilder(resource);
    }

    public IResourceBuilder<T> CreateResourceBuilder<T>(T resource) where T : IResource
    {
        ArgumentNullException.ThrowIfNull(resource);
        return new ResourceBuilder<T>(this, resource);
    }

    /// <exception cref="DistributedApplicationException">The model is inconsistent; the message says where.</exception>
    public DistributedApplication Build()
    {
        BuilderEvents.Building(this);
        ModelValidator.Validate(Resources);
        AppHostServices.AddHosted(this);
        var host = _host.Build();
        _contextOptions.ServiceProvider = host.Services;
        var application = new DistributedApplication(host);
        BuilderEvents.Built(application);
        return application;
    }
}
