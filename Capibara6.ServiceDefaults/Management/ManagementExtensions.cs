using Capibara6.ServiceDefaults.Management;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.Hosting;

/// <summary>A port of its own for what a service tells of itself.</summary>
public static class ManagementExtensions
{
    /// <summary>Listens on <see cref="ManagementOptions.Port"/> too, when there is one.</summary>
    public static TBuilder AddManagementPort<TBuilder>(this TBuilder builder)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddOptions<ManagementOptions>().BindConfiguration(ManagementOptions.SectionName).ValidateOnStart();
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ManagementOptions>, ManagementOptionsValidator>());
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, ManagementPort>());
        ManagementPort.Listen(builder.Configuration);
        return builder;
    }
}
