using Capibara6.Core.Queries;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Context;

/// <summary>Playbooks: finding what they have for a query, judging answers, learning from it.</summary>
public static class ContextServiceCollectionExtensions
{
    public static IServiceCollection AddContext(this IServiceCollection services)
    {
        services.AddOptions<ContextOptions>().BindConfiguration(ContextOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ContextOptions>, ContextOptionsValidator>());
        services.AddSingleton<IContextSource, ContextSource>();
        services.AddSingleton<IPlaybooks, Playbooks>();
        services.AddSingleton<PlaybookVersions>();
        services.AddSingleton<IContextVersions>(provider => provider.GetRequiredService<PlaybookVersions>());
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<PlaybookVersions>());
        services.AddSingleton<AnswerNotes>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<AnswerNotes>());
        services.AddSingleton<IAnswerFeedback, AnswerFeedback>();
        services.AddSingleton<IReflector, Reflector>();
        return services;
    }
}
