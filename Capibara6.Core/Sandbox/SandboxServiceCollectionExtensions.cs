using Capibara6.Core.Sandbox.E2b;
using Capibara6.Core.Sandbox.JavaScript;
using Capibara6.Core.Sandbox.Local;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Sandbox;

/// <summary>The sandbox for code of answers.</summary>
public static class SandboxServiceCollectionExtensions
{
    public static IServiceCollection AddSandbox(this IServiceCollection services)
    {
        services.AddOptions<SandboxOptions>().BindConfiguration(SandboxOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SandboxOptions>, SandboxOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SandboxOptions>, SandboxProvidersValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ISandboxProvider, LocalSandbox>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ISandboxProvider, JavaScriptSandbox>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<ISandboxProvider, E2bSandbox>());
        services.TryAddSingleton<ISandbox, Sandbox>();
        return services;
    }
}
