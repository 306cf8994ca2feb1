using Capibara6.Core.Data;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Capibara6.Tests.Core.Data;

[TestClass]
public sealed class DatabaseFaultsTests
{
    [TestMethod]
    [DataRow("08006", true, true, DisplayName = "connection failure")]
    [DataRow("25006", true, true, DisplayName = "read-only")]
    [DataRow("28P01", true, true, DisplayName = "password changed")]
    [DataRow("28000", true, true, DisplayName = "log-in refused")]
    [DataRow("3D000", true, true, DisplayName = "no such database")]
    [DataRow("53100", true, true, DisplayName = "disk full")]
    [DataRow("53200", true, true, DisplayName = "out of memory")]
    [DataRow("53300", true, true, DisplayName = "too many connections")]
    [DataRow("57P01", true, true, DisplayName = "shutting down")]
    [DataRow("57P03", true, true, DisplayName = "starting")]
    [DataRow("58000", true, true, DisplayName = "system error")]
    [DataRow("58030", true, true, DisplayName = "input or output error")]
    [DataRow("40P01", true, false, DisplayName = "deadlock")]
    [DataRow("40001", true, false, DisplayName = "serialization")]
    [DataRow("42501", true, false, DisplayName = "right taken away")]
    [DataRow("42P01", true, false, DisplayName = "table not there")]
    [DataRow("42703", true, false, DisplayName = "schema newer: column gone")]
    [DataRow("55P03", true, false, DisplayName = "lock not to be had")]
    [DataRow("57014", true, false, DisplayName = "statement timeout")]
    [DataRow("XX001", true, false, DisplayName = "data corrupted")]
    [DataRow("22001", false, false, DisplayName = "value too long")]
    [DataRow("23505", false, false, DisplayName = "not unique")]
    [DataRow("42601", false, false, DisplayName = "syntax")]
    public void Fault_OfTheServer_IsAnOutageOrABug(string state, bool away, bool unreachable)
    {
        var fault = new PostgresException("no", "ERROR", "ERROR", state);
        foreach (var exception in (Exception[])[fault, new DbUpdateException("no", fault), new InvalidOperationException("no", new DbUpdateException("no", fault))])
        {
            Assert.AreEqual(away, DatabaseFaults.IsAway(exception), exception.GetType().Name);
            Assert.AreEqual(away, DatabaseFaults.IsCauseOf(exception), exception.GetType().Name);
            Assert.AreEqual(unreachable, DatabaseFaults.IsUnreachable(exception), exception.GetType().Name);
        }
    }

    [TestMethod]
    public void Fault_OfAnotherServer_IsNotTheDatabases()
    {
        Assert.IsFalse(DatabaseFaults.IsCauseOf(new TimeoutException("Redis took too long.")));
        Assert.IsTrue(DatabaseFaults.IsCauseOf(new NpgsqlException("The connection pool has been exhausted")));
    }
}
