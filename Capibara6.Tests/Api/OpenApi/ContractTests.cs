using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Capibara6.Api.OpenApi;
using Microsoft.AspNetCore.Mvc.Testing;

namespace Capibara6.Tests.Api.OpenApi;

/// <summary>What the API promises: the committed document is the served one, and it says enough to write a client.</summary>
[TestClass]
public sealed class ContractTests
{
    private const string RefreshVariable = "CAPIBARA6_REFRESH_CONTRACTS";

    private static readonly string s_file = Path.Combine(Repository.Root, "Capibara6.Api", "openapi.json");

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task Document_Served_IsTheCommittedOne()
    {
        await using var host = new EdgeHost();
        var served = (await host.CreateClient().GetStringAsync(OpenApiSetup.DocumentPath, TestContext.CancellationToken)).ReplaceLineEndings("\n");
        served = served.TrimEnd() + "\n";
        if (Environment.GetEnvironmentVariable(RefreshVariable) == "1")
        {
            await File.WriteAllTextAsync(s_file, served, TestContext.CancellationToken);
        }

        var committed = File.Exists(s_file) ? await File.ReadAllTextAsync(s_file, TestContext.CancellationToken) : "";
        Assert.AreEqual(
            committed,
            served,
            $"The API's contract changed. If that is meant, run this test with {RefreshVariable}=1 and commit Capibara6.Api/openapi.json.");
    }

    [TestMethod]
    public async Task Operations_AllOfThem_AreDescribed()
    {
        await using var host = new EdgeHost();
        var document = await host.CreateClient().GetFromJsonAsync<JsonElement>(OpenApiSetup.DocumentPath, TestContext.CancellationToken);

        Assert.StartsWith("3.1", document.GetProperty("openapi").GetString());
        var operations = document.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject(), (path, operation) => (Name: $"{operation.Name} {path.Name}", operation.Value))
            .ToArray();
        Assert.IsGreaterThanOrEqualTo(12, operations.Length);
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, operation) in operations)
        {
            Assert.HasCount(1, operation.GetProperty("tags").EnumerateArray(), name);
            Assert.IsTrue(ids.Add(operation.GetProperty("operationId").GetString()!), name);
            Assert.IsNotEmpty(operation.GetProperty("summary").GetString()!, name);
            AssertResponses(name, operation);
            if (operation.TryGetProperty("requestBody", out var body))
            {
                Assert.IsTrue(body.GetProperty("content").EnumerateObject().All(media => media.Value.TryGetProperty("example", out _)), name);
            }
        }
    }

    [TestMethod]
    public async Task Fields_AllOfThem_AreDescribed()
    {
        await using var host = new EdgeHost();
        var document = await host.CreateClient().GetFromJsonAsync<JsonElement>(OpenApiSetup.DocumentPath, TestContext.CancellationToken);

        string[] silent =
        [
            .. document.GetProperty("components").GetProperty("schemas").EnumerateObject()
                .Where(schema => !schema.Name.StartsWith("Chat", StringComparison.Ordinal) && schema.Value.TryGetProperty("properties", out _))
                .SelectMany(schema => schema.Value.GetProperty("properties").EnumerateObject(), (schema, field) => (schema, field))
                .Where(entry => !entry.field.Value.GetRawText().Contains("\"description\"", StringComparison.Ordinal))
                .Select(entry => $"{entry.schema.Name}.{entry.field.Name}"),
        ];
        Assert.IsEmpty(silent, string.Join(", ", silent));
    }

    [TestMethod]
    public async Task Docs_Page_LoadsNothingFromElsewhere()
    {
        await using var host = new EdgeHost();
        var client = host.CreateClient();

        var page = await client.GetStringAsync("/api/v1/docs/", TestContext.CancellationToken);

        Assert.DoesNotContain("https://", page);
        Assert.DoesNotContain("http://", page);
        Assert.DoesNotContain("src=\"//", page);
        Assert.Contains("openapi.json", page);
        using var script = await client.GetAsync("/api/v1/docs/scalar.js", TestContext.CancellationToken);
        Assert.AreEqual(HttpStatusCode.OK, script.StatusCode);
    }

    [TestMethod]
    public async Task BareAddress_LeadsToTheDocs()
    {
        await using var host = new EdgeHost();
        using var client = host.CreateClient(new WebApplicationFactoryClientOptions { AllowAutoRedirect = false });

        using var response = await client.GetAsync("/", TestContext.CancellationToken);

        Assert.AreEqual(HttpStatusCode.Redirect, response.StatusCode);
        Assert.AreEqual("/api/v1/docs", response.Headers.Location?.ToString());
    }

    private static void AssertResponses(string name, JsonElement operation)
    {
        var responses = operation.GetProperty("responses").EnumerateObject().ToArray();
        Assert.ContainsSingle(response => response.Name.StartsWith('2'), responses, name);
        Assert.Contains(response => response.Name == "500", responses, name);
        foreach (var failure in responses.Where(response => response.Name[0] is '4' or '5'))
        {
            var media = failure.Value.GetProperty("content").EnumerateObject().Single().Name;
            Assert.AreEqual(name.Contains(" /v1/", StringComparison.Ordinal) ? "application/json" : "application/problem+json", media, name);
        }
    }
}
