using Capibara6.Hosting.LocalServers.Postgres;
using Capibara6.Hosting.LocalServers.Programs;

namespace Capibara6.Tests.Hosting.LocalServers;

[TestClass]
public sealed class PostgresArgumentsTests
{
    [TestMethod]
    public void ReadSettings_EverySpelling_IsUnderstood()
    {
        var settings = PostgresArguments.ReadSettings(
            "db", ["postgres", "-c", "max_connections=300", "-cwork_mem=8MB", "--log-statement=all", "-c", "search_path=a=b", "--application-name=a-b", "-c", "log-timezone=UTC-1"]);

        CollectionAssert.AreEquivalent(
            new[] { "max_connections=300", "work_mem=8MB", "log_statement=all", "search_path=a=b", "application_name=a-b", "log_timezone=UTC-1" },
            settings.Select(static setting => $"{setting.Key}={setting.Value}").ToArray());
    }

    [TestMethod]
    [DataRow("-c")]
    [DataRow("-c", "nothing")]
    [DataRow("-c", "=1")]
    [DataRow("-F")]
    [DataRow("redis-server")]
    [DataRow("-c", "port=1")]
    [DataRow("--listen-addresses=*")]
    public void ReadSettings_WhatOnlyAContainerCanHave_IsRefused(params string[] arguments)
    {
        var error = Assert.ThrowsExactly<LocalServerException>(() => PostgresArguments.ReadSettings("db", arguments));
        Assert.StartsWith($"'db' has the argument {arguments[^1]}, which only its container can have.", error.Message);
    }
}
