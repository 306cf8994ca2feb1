using Capibara6.Core.Context;

namespace Capibara6.Tests.Core.Context;

[TestClass]
public sealed class BulletTextTests
{
    [TestMethod]
    [DataRow("  two\r\n lines\t here ", "two lines here")]
    [DataRow("a\0b", "a b")]
    [DataRow(" \n ", null)]
    public void Clean_Text_IsOneLine(string text, string? cleaned) => Assert.AreEqual(cleaned, BulletText.Clean(text));

    [TestMethod]
    public void Clean_LongText_IsCutWithoutBreakingACharacter()
    {
        var cleaned = BulletText.Clean(string.Concat(Enumerable.Repeat("\U0001F9AB", 400)))!;
        Assert.AreEqual(BulletText.MaxLength, cleaned.Length);
        Assert.IsTrue(char.IsLowSurrogate(cleaned[^1]));
    }

    [TestMethod]
    public void IsSameLesson_NearlyTheSameWords_AreOne()
    {
        Assert.IsTrue(BulletText.IsSameLesson("Convert all units to metres before adding them.", "convert all units to metres, before adding them up"));
        Assert.IsFalse(BulletText.IsSameLesson("A zimbel is calibrated using a fork.", "A zimbel is calibrated using a lamp."));
        Assert.IsFalse(BulletText.IsSameLesson("Wait for 10 seconds.", "Wait for 20 seconds."));
        Assert.IsFalse(BulletText.IsSameLesson("Convert all units to metres before adding them.", "Check the sign of the exponent."));
    }

    [TestMethod]
    public void CountTokens_Text_IsCountedByTheModelsTokenizer() => Assert.AreEqual(2, BulletText.CountTokens("hello world"));

    [TestMethod]
    [DataRow("""{"verdict":"right","helpful":[1],"harmful":[],"lessons":["a"]}""", true)]
    [DataRow("""{"verdict":"great","helpful":[],"harmful":[],"lessons":[]}""", false)]
    [DataRow("""{"verdict":"right","helpful":[],"harmful":[],"lessons":[],"more":1}""", false)]
    [DataRow("""{"verdict":"right","helpful":[],"harmful":[]}""", false)]
    [DataRow("""{"verdict":"right","helpful":[],"harmful":[],"lessons":[null]}""", false)]
    [DataRow("I think it is right.", false)]
    public void Reflection_OnlyOfTheForm_IsRead(string text, bool isRead) => Assert.AreEqual(isRead, Reflection.Read(text) is not null);
}
