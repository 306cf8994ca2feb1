using Capibara6.Core.RateLimiting;

namespace Capibara6.Tests.Core.RateLimiting;

[TestClass]
public sealed class TokenBucketTests
{
    private static readonly TokenBucket s_minute = new(100, TimeSpan.FromMinutes(1), 6);

    [TestMethod]
    public void Refill_AWholeWindow_GivesExactlyThePermitsBack()
    {
        var (units, anchor) = (0L, 1_000L);
        for (var now = 1_000; now <= 61_000; now += 137)
        {
            (units, anchor) = s_minute.Refill(units, anchor, now);
        }

        (units, _) = s_minute.Refill(units, anchor, 61_000);
        Assert.AreEqual(s_minute.Capacity, units);
    }

    [TestMethod]
    [DataRow(9_999, 0)]
    [DataRow(10_000, 16)]
    [DataRow(20_000, 33)]
    [DataRow(30_000, 50)]
    public void Refill_EmptyBucket_BringsEqualLots(long elapsed, int requests)
    {
        var (units, anchor) = s_minute.Refill(0, 0, elapsed);
        Assert.AreEqual(requests, s_minute.Describe("x", units, anchor, elapsed).Remaining);
    }

    [TestMethod]
    public void WaitFor_EmptyBucket_IsUntilTheNextLot()
    {
        Assert.AreEqual(7_000, s_minute.WaitFor(0, 0, 3_000));
        Assert.AreEqual(0, s_minute.WaitFor(s_minute.Cost, 0, 3_000));
    }

    [TestMethod]
    public void Refill_FullBucket_StartsItsWindowNow() => Assert.AreEqual((s_minute.Capacity, 500L), s_minute.Refill(s_minute.Capacity, 0, 500));
}
