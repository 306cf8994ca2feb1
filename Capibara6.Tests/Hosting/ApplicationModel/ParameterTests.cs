using System.Text.Json.Nodes;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;
using Capibara6.Hosting.UserSecrets;

namespace Capibara6.Tests.Hosting.ApplicationModel;

[TestClass]
public sealed class ParameterTests
{
    public required TestContext TestContext { get; init; }

    [TestMethod]
    public async Task Parameter_KeyWithUnderscores_IsFound()
    {
        await using var builder = HostingTest.RunMode("--Parameters:api_key=x");

        Assert.AreEqual("x", await builder.AddParameter("api-key").Resource.GetValueAsync(TestContext.CancellationToken));
    }

    [TestMethod]
    public async Task Parameter_Missing_SaysEveryWayToSetIt()
    {
        await using var builder = HostingTest.RunMode();
        var parameter = builder.AddParameter("api-key").Resource;

        var error = await Assert.ThrowsAsync<MissingParameterValueException>(async () => await parameter.GetValueAsync(TestContext.CancellationToken));

        Assert.Contains("Parameters:api-key", error.Message);
        Assert.Contains("Parameters__api_key", error.Message);
    }

    [TestMethod]
    public async Task Start_ReferencedParameterMissing_FailsBeforeAnythingStarts()
    {
        await using var builder = HostingTest.RunMode();
        var needed = builder.AddParameter("needed");
        builder.AddParameter("unused");
        builder.AddExecutable("tool", "true", ".").WithEnvironment("A", needed);
        await using var application = await builder.BuildAsync(TestContext.CancellationToken);

        var error = await Assert.ThrowsAsync<MissingParameterValueException>(() => application.StartAsync(TestContext.CancellationToken));

        Assert.Contains("'needed'", error.Message);
        Assert.DoesNotContain("unused", error.Message);
    }

    [TestMethod]
    public async Task Parameter_ConfiguredValue_OverridesTheProgramsDefault()
    {
        await using var builder = HostingTest.RunMode("--Parameters:region=us");

        Assert.AreEqual("us", await builder.AddParameter("region", "eu").Resource.GetValueAsync(TestContext.CancellationToken));
        Assert.AreEqual("eu", await builder.AddParameter("other", "eu").Resource.GetValueAsync(TestContext.CancellationToken));
    }

    [TestMethod]
    public async Task Parameter_SecretPublishedAsDefault_IsRefused()
    {
        await using var builder = HostingTest.RunMode();

        Assert.Throws<ArgumentException>(() => builder.AddParameter("key", "value", publishValueAsDefault: true, secret: true));
    }

    [TestMethod]
    public void Password_Generated_HasItsMinimumsAndNothingElse()
    {
        for (var i = 0; i < 200; i++)
        {
            var password = PasswordGenerator.Generate(22, lower: true, upper: true, numeric: true, special: false, 2, 3, 4, 0);

            Assert.HasCount(22, password);
            Assert.IsGreaterThanOrEqualTo(2, password.Count(PasswordGenerator.LowerCase.Contains));
            Assert.IsGreaterThanOrEqualTo(3, password.Count(PasswordGenerator.UpperCase.Contains));
            Assert.IsGreaterThanOrEqualTo(4, password.Count(PasswordGenerator.Digits.Contains));
            Assert.IsFalse(password.Any(character => PasswordGenerator.Special.Contains(character) || "ilo".Contains(character, StringComparison.OrdinalIgnoreCase)));
        }
    }

    [TestMethod]
    public void Password_MinimumOfAForbiddenClass_IsRefused() =>
        Assert.Throws<ArgumentException>(() => PasswordGenerator.Generate(22, true, true, true, special: false, 0, 0, 0, minSpecial: 1));

    [TestMethod]
    public void UserSecrets_SetAndDelete_KeepOtherKeysAndAreForTheUserOnly()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("id/secrets.json", """{ "Parameters:old": "1", /* by hand */ }""");
        var secrets = new UserSecretsManager(file);

        Assert.IsTrue(secrets.TrySetSecret("Parameters:pg-password", "a+b<c"));
        Assert.IsTrue(secrets.TryDeleteSecret("Parameters:none"));

        var content = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        Assert.AreEqual("1", (string?)content["Parameters:old"]);
        Assert.AreEqual("a+b<c", (string?)content["Parameters:pg-password"]);
        if (!OperatingSystem.IsWindows())
        {
            Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }

        CollectionAssert.AreEqual(new[] { "secrets.json" }, Directory.EnumerateFiles(folder.File("id")).Select(Path.GetFileName).ToArray());
    }

    [TestMethod]
    public void UserSecrets_BrokenFile_IsLeftAsItIs()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("secrets.json", "not json");

        Assert.IsFalse(new UserSecretsManager(file).TrySetSecret("a", "b"));
        Assert.AreEqual("not json", File.ReadAllText(file));
    }

    [TestMethod]
    public void PersistedDefault_Made_IsWrittenUnderTheParametersKey()
    {
        using var folder = new TemporaryFolder();
        var file = folder.File("secrets.json");
        var parameterDefault = new PersistedParameterDefault(new UserSecretsManager(file), "pg-password", new GenerateParameterDefault { MinLength = 22 });

        var value = parameterDefault.GetDefaultValue();

        Assert.AreEqual(value, (string?)JsonNode.Parse(File.ReadAllText(file))!["Parameters:pg-password"]);
    }
}
