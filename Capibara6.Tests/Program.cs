using Capibara6.Tests;
using Capibara6.Tests.Hosting.Processes;
using Microsoft.Testing.Platform.Builder;

// The assembly is also the victim of the tests that kill a host: see ChildHost.
if (args is [ChildHost.Command, .. var rest])
{
    return await ChildHost.RunAsync(rest);
}

var builder = await TestApplication.CreateBuilderAsync(args);
builder.AddSelfRegisteredExtensions(args);
using var app = await builder.BuildAsync();
return await app.RunAsync();
