using Capibara6.ServiceDefaults.Access;
using Microsoft.AspNetCore.Http;

namespace Capibara6.Tests.ServiceDefaults.Access;

[TestClass]
public sealed class RateLimitHeadersTests
{
    [TestMethod]
    [DataRow(false, "\"ip\";r=12;t=30")]
    [DataRow(true, "\"ip\";r=12;t=30;estimate")]
    public void Header_OfAReplicasGuess_SaysThatItIsOne(bool estimated, string expected)
    {
        var headers = new HeaderDictionary();
        RateLimitHeaders.Append(headers, [new LimitState("ip", 100, TimeSpan.FromMinutes(1), 12, TimeSpan.FromSeconds(30), estimated)]);
        Assert.AreEqual(expected, headers["RateLimit"].ToString());
        Assert.AreEqual("\"ip\";q=100;w=60", headers["RateLimit-Policy"].ToString());
    }
}
