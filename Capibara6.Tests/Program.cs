using Capibara6.Tests;
using Capibara6.Tests.Core.Usage;
using Capibara6.Tests.Hosting.LocalServers;
using Capibara6.Tests.Worker;
using Microsoft.Testing.Platform.Builder;

// The assembly is also the victim of the tests that kill a process: see ServerVictim, BudgetVictim, UsageVictim and ChaosWorker.
switch (args)
{
    case [ServerVictim.Command]:
        return await ServerVictim.RunAsync();
    case [BudgetVictim.Command, .. var rest]:
        return await BudgetVictim.RunAsync(rest);
    case [UsageVictim.Command]:
        return await UsageVictim.RunAsync();
    case [ChaosWorker.Command]:
        return await ChaosWorker.RunAsync();
}

var builder = await TestApplication.CreateBuilderAsync(args);
builder.AddSelfRegisteredExtensions(args);
using var app = await builder.BuildAsync();
return await app.RunAsync();
