using Capibara6.Core.Caching;
using Capibara6.Core.Context;
using Capibara6.Core.Data;
using Capibara6.Core.Files;
using Capibara6.Core.Gateway;
using Capibara6.Core.Identity;
using Capibara6.Core.Jobs;
using Capibara6.Core.Measurements;
using Capibara6.Core.ModelClients;
using Capibara6.Core.Queries;
using Capibara6.Core.RateLimiting;
using Capibara6.Core.Redis;
using Capibara6.Core.Routing;
using Capibara6.Core.Sandbox;
using Capibara6.Core.Usage;
using Microsoft.Extensions.DependencyInjection;

namespace Capibara6.Core;

/// <summary>The product, one line per feature.</summary>
public static class CoreServiceCollectionExtensions
{
    /// <summary>
    /// Adds all of Core. Configuration that must be there: <c>ConnectionStrings:capibara6</c> and
    /// <c>ConnectionStrings:models</c>. The host registers <see cref="Capibara6DbContext"/> and, if it has Redis, its client.
    /// </summary>
    public static IServiceCollection AddCapibara6Core(this IServiceCollection services) => services
        .AddData()
        .AddRedisLink()
        .AddModelClients()
        .AddModelRouting()
        .AddAnswerCache()
        .AddUsage()
        .AddMeasurements()
        .AddIdentity()
        .AddRateLimiting()
        .AddBudgets()
        .AddSandbox()
        .AddContext()
        .AddQueries()
        .AddGateway()
        .AddFiles()
        .AddJobs();
}
