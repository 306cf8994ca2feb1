using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.Orchestration;

namespace Capibara6.Tests.Hosting.Orchestration;

[TestClass]
public sealed class DependencyOrderTests
{
    [TestMethod]
    public void Stopping_OfServicesAndTheirServers_EndsTheServersLast()
    {
        var builder = RunningApp.Create();
        var server = builder.AddPostgres("postgres");
        var database = server.AddDatabase("orders");
        var worker = builder.AddExecutable("worker", "sleep", ".", "1").WithReference(database).WaitFor(database);
        var api = builder.AddExecutable("api", "sleep", ".", "1").WithReference(database).WaitFor(worker);

        var groups = DependencyOrder.ForStopping([server.Resource, worker.Resource, api.Resource]);

        CollectionAssert.AreEqual(
            new IResource[] { api.Resource, worker.Resource, server.Resource }, groups.SelectMany(group => group).ToArray());
    }

    [TestMethod]
    public void Stopping_OfResourcesThatReferToEachOther_EndsThemTogether()
    {
        var builder = RunningApp.Create();
        var left = builder.AddExecutable("left", "sleep", ".", "1").WithHttpEndpoint();
        var right = builder.AddExecutable("right", "sleep", ".", "1").WithHttpEndpoint();
        left.WithReference(right.GetEndpoint("http"));
        right.WithReference(left.GetEndpoint("http"));

        var groups = DependencyOrder.ForStopping([left.Resource, right.Resource]);

        Assert.HasCount(1, groups);
        Assert.HasCount(2, groups[0]);
    }
}
