using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Files;

/// <summary>Files of accounts.</summary>
public static class FilesServiceCollectionExtensions
{
    public static IServiceCollection AddFiles(this IServiceCollection services)
    {
        services.AddOptions<StoredFileOptions>().BindConfiguration(StoredFileOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<StoredFileOptions>, StoredFileOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<FileStore>();
        services.TryAddSingleton<IFiles, Files>();
        services.TryAddSingleton<IFileRetention, FileRetention>();
        return services;
    }
}
