using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Capibara6.Tests.ServiceDefaults;

[TestClass]
public sealed class SecretFilesTests
{
    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task AddSecretFiles_FileNamedLikeAVariable_WinsOverTheVariable()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, "ConnectionStrings__capibara6"), "Host=secret\n", TestContext.CancellationToken);
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:capibara6"] = "Host=variable",
            [SecretFilesExtensions.FolderKey] = folder.Path,
        });

        builder.AddSecretFiles();

        Assert.AreEqual("Host=secret", builder.Configuration.GetConnectionString("capibara6"));
    }

    [TestMethod]
    public void AddSecretFiles_NoFolder_AddsNothing()
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Configuration[SecretFilesExtensions.FolderKey] = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

        builder.AddSecretFiles();

        Assert.IsNull(builder.Configuration.GetConnectionString("capibara6"));
    }
}
