using System.Diagnostics;
using Aspire.Hosting;
using Capibara6.Hosting.Publishing.Kubernetes;
using Capibara6.Hosting.Publishing.Workloads;
using Microsoft.Extensions.Configuration;

namespace Capibara6.Tests.Hosting.Publishing;

/// <summary>What is committed is what the model says, and publishing harms nothing.</summary>
[TestClass]
public sealed class PublishedOutputTests
{
    private const string HowTo = "publish again and commit: dotnet run --project Capibara6.AppHost -- --publisher";

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Kubernetes_CommittedOutput_IsWhatTheModelSays() =>
        AreSame((await PublishedAppHost.GetAsync()).Kubernetes, Committed("aspirate-output", static name => name.EndsWith(".secrets", StringComparison.Ordinal)), $"{HowTo} kubernetes");

    [TestMethod]
    public async Task Compose_CommittedOutput_IsWhatTheModelSays() =>
        AreSame(
            (await PublishedAppHost.GetAsync()).Compose,
            Committed("deploy/compose", static name => name.EndsWith(".secret", StringComparison.Ordinal) || name.EndsWith(".secrets", StringComparison.Ordinal) || name is ".env" or "docker-compose.override.yaml"),
            $"{HowTo} docker-compose");

    [TestMethod]
    [TestCategory("Slow")]
    public async Task Publish_SecondTime_ChangesNoByte()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "out");
        var (exitCode, output) = await PublishedAppHost.RunAsync(TestContext.CancellationToken, "--publisher", "kubernetes", "--output-path", path);
        Assert.AreEqual(0, exitCode, output);

        AreSame((await PublishedAppHost.GetAsync()).Kubernetes, PublishedAppHost.Read(path), "the output is deterministic");
    }

    [TestMethod]
    [TestCategory("Slow")]
    public async Task Publish_CreateSecrets_FillsInWhatGitIgnoresAndKeepsIt()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "out");
        string[] args = ["--publisher", "kubernetes", "--output-path", path, "--create-secrets", "true", "--Parameters:models-endpoint=http://models/v1"];

        var (missing, complaint) = await PublishedAppHost.RunAsync(TestContext.CancellationToken, args);
        Assert.AreEqual(1, missing);
        Assert.Contains("--Parameters:models-key", complaint);
        Assert.IsFalse(Directory.Exists(path), "a publish that fails leaves nothing");

        var (exitCode, output) = await PublishedAppHost.RunAsync(
            TestContext.CancellationToken, [.. args, "--Parameters:models-key=k:/ey"]);
        Assert.AreEqual(0, exitCode, output);
        var secrets = Path.Combine(path, "components/secret-files");
        var first = await File.ReadAllTextAsync(Path.Combine(secrets, "capibara6-api.secrets"), TestContext.CancellationToken);
        Assert.Contains("ConnectionStrings__models=Endpoint=http://models/v1;Key=k:/ey\n", first);
        Assert.DoesNotContain("k:/ey", output);
        if (!OperatingSystem.IsWindows())
        {
            Assert.AreEqual(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(secrets, "parameters.secrets")));
        }

        Assert.AreEqual(0, (await PublishedAppHost.RunAsync(TestContext.CancellationToken, args)).ExitCode);
        Assert.AreEqual(first, await File.ReadAllTextAsync(Path.Combine(secrets, "capibara6-api.secrets"), TestContext.CancellationToken));

        var parameters = Path.Combine(secrets, "parameters.secrets");
        var text = await File.ReadAllTextAsync(parameters, TestContext.CancellationToken);
        await File.WriteAllTextAsync(parameters, text.Replace("models-key=k:/ey", "models-key=rotated", StringComparison.Ordinal), TestContext.CancellationToken);
        // As docs/operations.md has it: what was given once needn't be given again.
        Assert.AreEqual(0, (await PublishedAppHost.RunAsync(TestContext.CancellationToken, args[..^1])).ExitCode);
        Assert.Contains("Endpoint=http://models/v1;Key=rotated\n", await File.ReadAllTextAsync(Path.Combine(secrets, "capibara6-api.secrets"), TestContext.CancellationToken));
    }

    [TestMethod]
    public void Secrets_LineBreakInAValue_IsRefused()
    {
        var configuration = new ConfigurationBuilder().AddCommandLine(["--Parameters:a=one\ntwo"]).Build();

        var refused = Assert.ThrowsExactly<DistributedApplicationException>(
            () => DeploymentSecrets.Resolve(ModelWith(new DeferredParameter("a", null)), new Dictionary<string, string>(), configuration));

        Assert.Contains("'a'", refused.Message);
        Assert.DoesNotContain("two", refused.Message);
    }

    [TestMethod]
    [DataRow("../../../../escaped", "text", "no name of an environment variable")]
    [DataRow("BAD NAME", "text", "no name of an environment variable")]
    [DataRow("BELL", "\a", "control character")]
    public async Task Publish_SettingThatNoFileCanHold_IsRefused(string name, string value, string expected)
    {
        using var folder = new TemporaryFolder();

        var refused = await Assert.ThrowsAsync<DistributedApplicationException>(() => HostingTest.PublishAsync(
            new KubernetesPublisher(),
            folder.File("out"),
            builder => builder.AddContainer("web", "example.org/web", "1").WithEnvironment(name, value),
            TestContext.CancellationToken));

        Assert.Contains(expected, refused.Message);
        Assert.Contains("'web'", refused.Message);
        Assert.IsEmpty(Directory.GetFileSystemEntries(folder.Path));
    }

    [TestMethod]
    public void Secrets_GivenKeptAndConfigured_CountInThisOrder()
    {
        IConfiguration configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Parameters:a"] = "of this machine", ["Parameters:b"] = "of this machine", ["Parameters:c"] = "of this machine" })
            .AddCommandLine(["--Parameters:a=given"]).Build();
        DeferredParameter[] parameters = [new("a", null), new("b", null), new("c", null), new("d", static () => "generated")];

        var values = DeploymentSecrets.Resolve(ModelWith(parameters), new Dictionary<string, string> { ["a"] = "kept", ["b"] = "kept" }, configuration);

        CollectionAssert.AreEqual(new[] { "given", "kept", "of this machine", "generated" }, values.Values.ToList());
    }

    [TestMethod]
    public async Task Publish_ParameterChanged_ChangesTheOutput()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "out");
        var (exitCode, output) = await PublishedAppHost.RunAsync(
            TestContext.CancellationToken, "--publisher", "kubernetes", "--output-path", path, "--Parameters:domain=example.org", "--Publishing:Kubernetes:CertificateEmail=ops@example.org");
        Assert.AreEqual(0, exitCode, output);
        var files = PublishedAppHost.Read(path);

        Assert.Contains("host: api.example.org", files["components/ingress-nginx/capibara6-api.yaml"]);
        Assert.Contains("Identity__Issuer=https://api.staging.example.org", files["overlays/staging/kustomization.yaml"]);
        Assert.IsEmpty(files.Where(static file => file.Value.Contains("api.capibara6.example", StringComparison.Ordinal)).Select(static file => file.Key));
    }

    [TestMethod]
    [DataRow("nonsense", "The publisher 'nonsense' is unknown: use one of docker-compose, kubernetes, manifest.")]
    [DataRow("kubernetes", "did not write")]
    public async Task Publish_WhatItMayNot_IsOneClearLineAndLeavesTheFolder(string publisher, string expected)
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "thesis.txt");
        await File.WriteAllTextAsync(file, "mine", TestContext.CancellationToken);

        var (exitCode, output) = await PublishedAppHost.RunAsync(TestContext.CancellationToken, "--publisher", publisher, "--output-path", folder.Path);

        Assert.AreEqual(1, exitCode);
        Assert.Contains(expected, output);
        Assert.DoesNotContain("   at ", output);
        Assert.AreEqual("mine", await File.ReadAllTextAsync(file, TestContext.CancellationToken));
        Assert.HasCount(1, Directory.GetFileSystemEntries(folder.Path));
    }

    [TestMethod]
    public async Task Publish_DomainThatIsNone_IsOneClearLineAndLeavesNothing()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Path, "with a space", "out");

        var (exitCode, output) = await PublishedAppHost.RunAsync(
            TestContext.CancellationToken, "--publisher", "kubernetes", "--output-path", path, "--Parameters:domain=not a domain!");

        Assert.AreEqual(1, exitCode);
        Assert.Contains("Resource 'capibara6-api': 'not a domain!' is no domain name; give --Parameters:domain=example.org.", output);
        Assert.DoesNotContain("   at ", output);
        Assert.IsFalse(Path.Exists(path));
    }

    [TestMethod]
    public async Task Kustomize_RootOverlaysAndComponents_Render()
    {
        if (!(Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Any(static path => File.Exists(Path.Combine(path, "kubectl"))))
        {
            Assert.Inconclusive("kubectl is not on this machine.");
        }

        using var folder = new TemporaryFolder();
        var files = (await PublishedAppHost.GetAsync()).Kubernetes;
        foreach (var (path, text) in files)
        {
            var full = Path.Combine(folder.Path, path);
            Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            await File.WriteAllTextAsync(full, text, TestContext.CancellationToken);
        }

        foreach (var template in Directory.GetFiles(Path.Combine(folder.Path, "components/secret-files"), "*.template"))
        {
            File.Copy(template, template[..^".template".Length]);
        }

        foreach (var component in Directory.GetDirectories(Path.Combine(folder.Path, "components")).Select(static path => Path.GetFileName(path)))
        {
            var alone = Directory.CreateDirectory(Path.Combine(folder.Path, "overlays", $"only-{component}")).FullName;
            await File.WriteAllTextAsync(
                Path.Combine(alone, "kustomization.yaml"), $"resources: [../../base]\ncomponents: [../../components/{component}]\n", TestContext.CancellationToken);
        }

        foreach (var target in new[] { ".", "base" }.Concat(new[] { "overlays", "components" }.SelectMany(name => Directory.GetDirectories(Path.Combine(folder.Path, name)))))
        {
            await RenderAsync(Path.Combine(folder.Path, target));
        }
    }

    private async Task RenderAsync(string folder)
    {
        var start = new ProcessStartInfo("kubectl") { RedirectStandardError = true, RedirectStandardOutput = true };
        start.ArgumentList.Add("kustomize");
        start.ArgumentList.Add(folder);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.CancellationToken);
        var errors = await process.StandardError.ReadToEndAsync(TestContext.CancellationToken);
        await process.WaitForExitAsync(TestContext.CancellationToken);
        Assert.AreEqual(0, process.ExitCode, $"{folder}: {errors}");
        Assert.IsEmpty(errors, $"{folder}: {errors}");
        Assert.Contains(folder.Contains("components", StringComparison.Ordinal) ? "kind: " : "kind: Deployment", await output);
    }

    [TestMethod]
    public void Secrets_ThatWouldCutAConnectionString_AreRefusedByName()
    {
        var setting = new Setting("ConnectionStrings__db", new ValueText([new ValuePart.Literal("Host=db;Password="), new ValuePart.Parameter("db-password")]));
        var model = ModelWith(new DeferredParameter("db-password", null)) with
        {
            Workloads = [new Workload { Name = "web", Image = "image", Settings = [setting] }],
        };
        var configuration = new ConfigurationBuilder().AddCommandLine(["--Parameters:db-password=se;cret"]).Build();

        var refused = Assert.ThrowsExactly<DistributedApplicationException>(() => DeploymentSecrets.Resolve(model, new Dictionary<string, string>(), configuration));

        Assert.Contains("'db-password' stands inside a connection string", refused.Message);
        Assert.DoesNotContain("se;cret", refused.Message);
    }

    private static WorkloadModel ModelWith(params DeferredParameter[] parameters) => new("app", "App.AppHost", [], parameters);

    private static Dictionary<string, string> Committed(string folder, Func<string, bool> isLocal) =>
        PublishedAppHost.Read(Path.Combine(Repository.Root, folder)).Where(file => !isLocal(Path.GetFileName(file.Key)))
            .ToDictionary(static file => file.Key, static file => file.Value);

    private static void AreSame(IReadOnlyDictionary<string, string> expected, IReadOnlyDictionary<string, string> actual, string message)
    {
        CollectionAssert.AreEquivalent(expected.Keys.ToList(), actual.Keys.ToList(), message);
        Assert.IsEmpty(expected.Where(file => actual[file.Key] != file.Value).Select(static file => file.Key), message);
    }
}
