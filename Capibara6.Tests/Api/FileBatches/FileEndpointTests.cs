using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Capibara6.Core;
using Capibara6.Core.Files;
using Capibara6.Core.Identity;
using Capibara6.Core.Jobs;
using Capibara6.Tests.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Capibara6.Tests.Api.FileBatches;

/// <summary>Files and batches in OpenAI's shapes, over HTTP into PostgreSQL and back; the official clients run whole batches.</summary>
[TestClass]
public sealed class FileEndpointTests
{
    private const int MaxFile = 1_048_576;

    private static ApiHost s_host = null!;
    private static HttpClient s_client = null!;

    public TestContext TestContext { get; set; } = null!;

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        s_host = await ApiHost.StartAsync(context.CancellationToken, ("Files:MaxBytes", $"{MaxFile}"), ("Files:AccountBytes", $"{5 * MaxFile}"));
        s_client = s_host.CreateClient();
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        s_client.Dispose();
        await s_host.DisposeAsync();
    }

    [TestMethod]
    public async Task File_Uploaded_ComesBackByteForByte()
    {
        var bytes = new byte[MaxFile];
        new Random(1).NextBytes(bytes);
        var file = await UploadAsync(bytes);

        using var content = await s_client.GetAsync($"/v1/files/{file.GetProperty("id").GetString()}/content", TestContext.CancellationToken);
        CollectionAssert.AreEqual(bytes, await content.Content.ReadAsByteArrayAsync(TestContext.CancellationToken));
        Assert.AreEqual(bytes.Length, file.GetProperty("bytes").GetInt32());
        Assert.AreEqual(30 * 24 * 3600, file.GetProperty("expires_at").GetInt64() - file.GetProperty("created_at").GetInt64());
        using var gone = await s_client.DeleteAsync($"/v1/files/{file.GetProperty("id").GetString()}", TestContext.CancellationToken);
        Assert.AreEqual(HttpStatusCode.OK, gone.StatusCode);
    }

    [TestMethod]
    public async Task File_TooLarge_Is413InOpenAIsShape()
    {
        using var response = await PostAsync(new byte[MaxFile + 1]);

        Assert.AreEqual(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        var error = (await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.CancellationToken)).GetProperty("error");
        Assert.AreEqual("file_too_large", error.GetProperty("code").GetString());
    }

    [TestMethod]
    public async Task Files_OfAnAccountTogetherTooLarge_AreRefusedUntilSomeAreDeleted()
    {
        var kept = new List<string>();
        while (true)
        {
            using var response = await PostAsync(new byte[MaxFile]);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                Assert.AreEqual(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
                break;
            }

            kept.Add((await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.CancellationToken)).GetProperty("id").GetString()!);
            Assert.IsLessThanOrEqualTo(5, kept.Count);
        }

        foreach (var id in kept)
        {
            (await s_client.DeleteAsync($"/v1/files/{id}", TestContext.CancellationToken)).Dispose();
        }

        using var taken = await PostAsync(new byte[1]);
        Assert.AreEqual(HttpStatusCode.OK, taken.StatusCode);
    }

    [TestMethod]
    public async Task FileAndBatch_OfAnother_AreNotThere()
    {
        var file = (await UploadAsync(Encoding.UTF8.GetBytes(Line("a")))).GetProperty("id").GetString()!;
        using var made = await CreateAsync(file);
        var batch = (await made.Content.ReadFromJsonAsync<JsonElement>(TestContext.CancellationToken)).GetProperty("id").GetString()!;
        var (files, batches) = (s_host.Services.GetRequiredService<IFiles>(), s_host.Services.GetRequiredService<IFileBatches>());
        var (fileId, batchId) = (Guid.Parse(file["file-".Length..]), Guid.Parse(batch["batch_".Length..]));
        var (bob, token) = (CoreReplica.Bob, TestContext.CancellationToken);

        Assert.AreEqual(FailureCodes.FileNotFound, CoreReplica.Failure(await files.FindAsync(fileId, bob, token)).Code);
        Assert.AreEqual(FailureCodes.FileNotFound, CoreReplica.Failure(await files.DeleteAsync(fileId, bob, token)).Code);
        Assert.IsEmpty(CoreReplica.Value(await files.ListAsync(bob, null, null, 10, oldestFirst: false, token)));
        Assert.AreEqual(FailureCodes.BatchNotFound, CoreReplica.Failure(await batches.FindAsync(batchId, bob, token)).Code);
        Assert.AreEqual(FailureCodes.BatchNotFound, CoreReplica.Failure(await batches.CancelAsync(batchId, bob, token)).Code);
        Assert.IsEmpty(CoreReplica.Value(await batches.ListAsync(bob, null, 10, token)));
        var stolen = await batches.CreateAsync(new FileBatchRequest(fileId, "/v1/chat/completions", "24h", bob), token);
        Assert.AreEqual(FailureCodes.FileNotFound, CoreReplica.Failure(stolen).Code);
        Assert.AreEqual(1, CoreReplica.Value(await batches.FindAsync(batchId, KnownAdmin, token)).Total);
    }

    [TestMethod]
    public async Task Batch_OfAFile_IsNotABatchOfQueries()
    {
        var file = (await UploadAsync(Encoding.UTF8.GetBytes(Line("a")))).GetProperty("id").GetString();
        using var made = await CreateAsync(file!);
        var id = Guid.Parse((await made.Content.ReadFromJsonAsync<JsonElement>(TestContext.CancellationToken)).GetProperty("id").GetString()!["batch_".Length..]);

        foreach (var path in (string[])[$"/api/v1/batch/{id}", $"/api/v1/batch/{id}/results"])
        {
            using var response = await s_client.GetAsync(path, TestContext.CancellationToken);
            Assert.AreEqual(HttpStatusCode.NotFound, response.StatusCode, path);
        }

        using var cancelled = await s_client.DeleteAsync($"/api/v1/batch/{id}", TestContext.CancellationToken);
        Assert.AreEqual(HttpStatusCode.NotFound, cancelled.StatusCode);
    }

    [TestMethod]
    public async Task Batch_SentAgainUnderItsKey_IsMadeOnce()
    {
        var file = (await UploadAsync(Encoding.UTF8.GetBytes(Line("a") + "\r\n\n" + Line("b")))).GetProperty("id").GetString();
        using var first = await CreateAsync(file!, key: "once");
        using var again = await CreateAsync(file!, key: "once");
        using var other = await CreateAsync(file!, key: "once", window: "1h");

        var batch = await first.Content.ReadFromJsonAsync<JsonElement>(TestContext.CancellationToken);
        Assert.AreEqual(2, batch.GetProperty("request_counts").GetProperty("total").GetInt32());
        Assert.AreEqual("in_progress", batch.GetProperty("status").GetString());
        Assert.AreEqual(
            batch.GetProperty("id").GetString(), (await again.Content.ReadFromJsonAsync<JsonElement>(TestContext.CancellationToken)).GetProperty("id").GetString());
        Assert.AreEqual(HttpStatusCode.Conflict, other.StatusCode);
    }

    [TestMethod]
    [DataRow("not json", "invalid_json_line")]
    [DataRow("[]", "invalid_json_line")]
    [DataRow("{}", "missing_required_parameter")]
    [DataRow("""{"custom_id":"a","method":"GET","url":"/v1/chat/completions","body":{}}""", "invalid_method")]
    [DataRow("""{"custom_id":"a","method":"POST","url":"/v1/embeddings","body":{}}""", "mismatched_url")]
    [DataRow("""{"custom_id":"a","method":"POST","url":"/v1/chat/completions"}""", "missing_required_parameter")]
    [DataRow("""{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"auto"}}""", "missing_field")]
    [DataRow("""{"custom_id":"\ud800","method":"POST","url":"/v1/chat/completions","body":{"model":"auto"}}""", "invalid_json_line")]
    [DataRow("", "empty_file")]
    public async Task Batch_OfAWrongFile_HasFailedAndSaysWhy(string line, string code)
    {
        var file = (await UploadAsync(Encoding.UTF8.GetBytes(line))).GetProperty("id").GetString();
        using var response = await CreateAsync(file!);

        var batch = await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.CancellationToken);
        Assert.AreEqual("failed", batch.GetProperty("status").GetString());
        Assert.AreEqual(code, batch.GetProperty("errors").GetProperty("data")[0].GetProperty("code").GetString());
        Assert.AreEqual(0, batch.GetProperty("request_counts").GetProperty("total").GetInt32());
    }

    [TestMethod]
    [DataRow("endpoint", "/v1/images")]
    [DataRow("completion_window", "soon")]
    public async Task Batch_WithAWrongField_NamesIt(string field, string value)
    {
        var file = (await UploadAsync(Encoding.UTF8.GetBytes(Line("a")))).GetProperty("id").GetString()!;
        var body = new Dictionary<string, string>
        {
            ["input_file_id"] = file, ["endpoint"] = "/v1/chat/completions", ["completion_window"] = "24h", [field] = value,
        };
        using var response = await s_client.PostAsJsonAsync("/v1/batches", body, TestContext.CancellationToken);

        Assert.AreEqual(HttpStatusCode.BadRequest, response.StatusCode);
        var error = (await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.CancellationToken)).GetProperty("error");
        Assert.AreEqual(field, error.GetProperty("param").GetString());
    }

    [TestMethod]
    public async Task Form_ThatIsNone_IsRefused()
    {
        using var json = await s_client.PostAsJsonAsync("/v1/files", new { purpose = "batch" }, TestContext.CancellationToken);
        Assert.AreEqual(HttpStatusCode.UnsupportedMediaType, json.StatusCode);
        using var content = new StringContent("--x\r\nnonsense");
        content.Headers.ContentType = MediaTypeHeaderValue.Parse("multipart/form-data; boundary=x");
        using var cut = await s_client.PostAsync("/v1/files", content, TestContext.CancellationToken);
        Assert.AreEqual(HttpStatusCode.BadRequest, cut.StatusCode);
        using var empty = new MultipartFormDataContent { { new StringContent("batch"), "purpose" } };
        using var missing = await s_client.PostAsync("/v1/files", empty, TestContext.CancellationToken);
        Assert.AreEqual(HttpStatusCode.BadRequest, missing.StatusCode);
    }

    private static Caller KnownAdmin { get; } = new(KnownCaller.AccountId, "admin", new HashSet<string> { "read" });

    private static string Line(string id) =>
        $$$"""{"custom_id":"{{{id}}}","method":"POST","url":"/v1/chat/completions","body":{"model":"auto","messages":[{"role":"user","content":"Hello!"}]}}""";

    private async Task<JsonElement> UploadAsync(byte[] bytes)
    {
        using var response = await PostAsync(bytes);
        Assert.AreEqual(HttpStatusCode.OK, response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.CancellationToken));
        return await response.Content.ReadFromJsonAsync<JsonElement>(TestContext.CancellationToken);
    }

    private async Task<HttpResponseMessage> PostAsync(byte[] bytes)
    {
        using var form = new MultipartFormDataContent { { new StringContent("batch"), "purpose" }, { new ByteArrayContent(bytes), "file", "calls.jsonl" } };
        return await s_client.PostAsync("/v1/files", form, TestContext.CancellationToken);
    }

    private async Task<HttpResponseMessage> CreateAsync(string file, string? key = null, string window = "24h")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/batches")
        {
            Content = JsonContent.Create(new { input_file_id = file, endpoint = "/v1/chat/completions", completion_window = window }),
        };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await s_client.SendAsync(request, TestContext.CancellationToken);
    }
}
