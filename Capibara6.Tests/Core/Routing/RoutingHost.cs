using Capibara6.Core.ModelClients;
using Capibara6.Core.Queries;
using Capibara6.Core.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Capibara6.Tests.Core.Routing;

/// <summary>A router as the services build it, without anything that it routes to.</summary>
internal static class RoutingHost
{
    public static ServiceProvider Build(Dictionary<string, string?>? settings = null)
    {
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder()
            .AddInMemoryCollection([new("ConnectionStrings:models", "http://127.0.0.1:9/v1"), .. settings ?? []]).Build());
        services.AddLogging().AddModelClients().AddModelRouting();
        return services.BuildServiceProvider();
    }

    public static RoutingResult Route(string query, Dictionary<string, string?>? settings = null, string model = QueryRequest.AutoModel)
    {
        using var services = Build(settings);
        return services.GetRequiredService<IModelRouter>().Route(new QueryRequest(query, CoreReplica.Alice) { Model = model });
    }
}
