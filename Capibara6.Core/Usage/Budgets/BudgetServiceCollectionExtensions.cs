using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Usage;

public static class BudgetServiceCollectionExtensions
{
    /// <summary>Adds <see cref="IBudgets"/>. Wants <c>AddData</c> and <c>AddIdentity</c>.</summary>
    public static IServiceCollection AddBudgets(this IServiceCollection services)
    {
        services.AddOptions<BudgetOptions>().BindConfiguration(BudgetOptions.SectionName).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BudgetOptions>, BudgetOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<BudgetStore>();
        services.TryAddSingleton<BudgetTargets>();
        services.TryAddSingleton<BudgetLedger>();
        services.TryAddSingleton<IBudgets, Budgets>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, BudgetLedger>(provider => provider.GetRequiredService<BudgetLedger>()));
        return services;
    }
}
