using Capibara6.Core.Data;
using Capibara6.Core.Identity.Credentials;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Capibara6.Tests.Core.Data;

[TestClass]
public sealed class DatabaseAvailabilityTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Database_HangsWithoutRefusing_IsKnownToBeAwayAndNobodyWaits()
    {
        await using var database = await MigratedDatabase.CreateAsync(Token);
        var direct = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        await using var gate = new TcpGate(direct.Port);
        await using var replica = await CoreReplica.StartAsync(
            new NpgsqlConnectionStringBuilder(direct.ConnectionString) { Port = gate.Port }.ConnectionString, models: null, Token);
        var availability = replica.Services.GetRequiredService<IDatabaseAvailability>();
        Assert.IsInstanceOfType<CredentialCheck.Accepted>(await CheckAsync("somebody"));

        gate.Hang();

        // The one who asks first pays at most the patience of a check, and is not told that the credential is wrong.
        Assert.IsInstanceOfType<CredentialCheck.Unavailable>(await CheckAsync("somebody else").WaitAsync(TimeSpan.FromSeconds(20), Token));
        await Eventually.TrueAsync(
            () => !availability.IsAvailable, TimeSpan.FromSeconds(20), "the database is known to be away", Token);
        Assert.IsInstanceOfType<CredentialCheck.Unavailable>(await CheckAsync("a third"));
        await using (var scope = replica.Services.CreateAsyncScope())
        {
            var context = scope.ServiceProvider.GetRequiredService<Capibara6DbContext>();
            var error = await Assert.ThrowsAsync<NpgsqlException>(() => context.Database.OpenConnectionAsync(Token));
            Assert.IsFalse(error.IsTransient, "EF Core would try again");
        }

        gate.Resume();
        await Eventually.TrueAsync(
            async () => await CheckAsync("a fourth") is CredentialCheck.Accepted, TimeSpan.FromSeconds(30), "credentials are checked again", Token);

        Task<CredentialCheck> CheckAsync(string who) =>
            replica.Services.GetRequiredService<ICredentials>().CheckExternalAsync($"tenant/{who}", who, ["user"], Token).AsTask();
    }
}
