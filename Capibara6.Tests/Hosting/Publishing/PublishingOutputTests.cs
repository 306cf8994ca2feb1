using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.Publishing;

namespace Capibara6.Tests.Hosting.Publishing;

[TestClass]
public sealed class PublishingOutputTests
{
    [TestMethod]
    public async Task Folder_PublishedAgain_HoldsWhatIsNewAndWhatIsSomebodysOwn()
    {
        using var folder = new TemporaryFolder();
        await WriteAsync(folder, path => File.WriteAllText(Path.Combine(path, "old.yaml"), "1"));
        folder.Write("out/secrets/mine.env", "secret");
        folder.Write("out/stray.txt", "x");

        await WriteAsync(folder, path => File.WriteAllText(Path.Combine(path, "new.yaml"), "2"));

        CollectionAssert.AreEquivalent(
            new[] { "new.yaml", "secrets/mine.env", "stray.txt", PublishingOutput.MarkerFileName },
            Directory.EnumerateFiles(folder.File("out"), "*", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(folder.File("out"), file).Replace('\\', '/')).ToArray());
        CollectionAssert.AreEqual(new[] { "out" }, Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName).ToArray());
    }

    [TestMethod]
    public async Task Folder_FileOfSomebodysInTheWay_StopsThePublish()
    {
        using var folder = new TemporaryFolder();
        await WriteAsync(folder, path => File.WriteAllText(Path.Combine(path, "old.yaml"), "1"));
        folder.Write("out/new.yaml", "mine");

        var refused = await Assert.ThrowsExactlyAsync<DistributedApplicationException>(
            () => WriteAsync(folder, path => File.WriteAllText(Path.Combine(path, "new.yaml"), "2")));

        Assert.Contains("out/new.yaml is not of the publisher 'test'", refused.Message);
        Assert.AreEqual("mine", File.ReadAllText(folder.File("out/new.yaml")));
        Assert.AreEqual("1", File.ReadAllText(folder.File("out/old.yaml")));
    }

    [TestMethod]
    public async Task Folder_PublishingFails_IsAsBefore()
    {
        using var folder = new TemporaryFolder();
        await WriteAsync(folder, path => File.WriteAllText(Path.Combine(path, "old.yaml"), "1"));

        await Assert.ThrowsAsync<InvalidOperationException>(() => WriteAsync(folder, path =>
        {
            File.WriteAllText(Path.Combine(path, "half.yaml"), "2");
            throw new InvalidOperationException("broken");
        }));

        Assert.AreEqual("1", File.ReadAllText(folder.File("out/old.yaml")));
        Assert.IsFalse(File.Exists(folder.File("out/half.yaml")));
        CollectionAssert.AreEqual(new[] { "out" }, Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName).ToArray());
    }

    [TestMethod]
    public async Task Folder_PublisherKilledInTheSwap_ComesBackAndIsReplaced()
    {
        using var folder = new TemporaryFolder();
        await WriteAsync(folder, path => File.WriteAllText(Path.Combine(path, "old.yaml"), "1"));
        Directory.Move(folder.File("out"), folder.File(".out.999999999.old"));
        folder.Write(".out.999999999.new/half.yaml", "2");
        folder.Write($".out.{Environment.ProcessId}.new/another.yaml", "of a run that goes on");

        PublishingOutput.For(new FolderPublisher(), folder.File("out"), folder.Path);

        Assert.AreEqual("1", File.ReadAllText(folder.File("out/old.yaml")));
        CollectionAssert.AreEquivalent(
            new[] { "out", $".out.{Environment.ProcessId}.new" }, Directory.EnumerateFileSystemEntries(folder.Path).Select(Path.GetFileName).ToArray());
    }

    [TestMethod]
    [DataRow("out/file.txt", "did not write")]
    [DataRow("out", "is a file")]
    public void Folder_OfSomethingElse_IsRefused(string existing, string expected)
    {
        using var folder = new TemporaryFolder();
        folder.Write(existing, "precious");

        var error = Assert.Throws<DistributedApplicationException>(() => PublishingOutput.For(new FolderPublisher(), folder.File("out"), folder.Path));

        Assert.Contains(expected, error.Message);
    }

    [TestMethod]
    public void Folder_OfAnotherPublisher_IsRefused()
    {
        using var folder = new TemporaryFolder();
        folder.Write("out/" + PublishingOutput.MarkerFileName, "another");

        Assert.Throws<DistributedApplicationException>(() => PublishingOutput.For(new FolderPublisher(), folder.File("out"), folder.Path));
    }

    private static Task WriteAsync(TemporaryFolder folder, Action<string> write) =>
        PublishingOutput.For(new FolderPublisher(), folder.File("out"), folder.Path).WriteAsync(path =>
        {
            write(path);
            return Task.CompletedTask;
        });

    private sealed class FolderPublisher : IPublisher
    {
        public string Name => "test";

        public string DefaultOutputPath => "out";

        public bool Keeps(string relativePath) => relativePath.StartsWith("secrets/", StringComparison.Ordinal);

        public Task PublishAsync(DistributedApplicationModel model, PublishingTarget target, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
