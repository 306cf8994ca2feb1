using System.ClientModel;
using System.Text;
using System.Text.Json;
using Capibara6.Tests.Api.ChatCompletions;
using OpenAI;
using OpenAI.Batch;
using OpenAI.Files;

#pragma warning disable OPENAI001 // The client calls its own batches experimental.

namespace Capibara6.Tests.Api.FileBatches;

/// <summary>The official client for .NET runs a batch against us as it would against OpenAI.</summary>
[TestClass]
[TestCategory("Slow")]
public sealed class OpenAINetClientTests
{
    private const int Calls = 1_000;

    public TestContext TestContext { get; set; } = null!;

    [TestMethod]
    public async Task OfficialClient_BatchOfAThousand_GivesOutputAndErrors()
    {
        var token = TestContext.CancellationToken;
        await using var host = await ApiHost.StartEmptyAsync(token);
        host.UseKestrel(0);
        host.StartServer();
        await host.MigrateAsync(token);
        await using var worker = await BatchWorker.StartAsync(host, token);
        var client = new OpenAIClient(
            new ApiKeyCredential(KnownCaller.TokenOf("developer")), new OpenAIClientOptions { Endpoint = new Uri($"{host.ClientOptions.BaseAddress}v1") });
        var files = client.GetOpenAIFileClient();

        using var content = new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, Calls).Select(LineOf))));
        OpenAIFile file = await files.UploadFileAsync(content, "calls.jsonl", FileUploadPurpose.Batch, token);
        Assert.AreEqual("calls.jsonl", file.Filename);

        var request = BinaryContent.Create(BinaryData.FromObjectAsJson(new
        {
            input_file_id = file.Id, endpoint = "/v1/chat/completions", completion_window = "24h",
        }));
        var operation = await client.GetBatchClient().CreateBatchAsync(request, waitUntilCompleted: false);
        var batch = await FindAsync(operation);
        await Eventually.TrueAsync(
            async () => (batch = await FindAsync(operation)).GetProperty("status").GetString() is "completed" or "failed",
            TimeSpan.FromSeconds(60), () => batch.ToString(), token);

        Assert.AreEqual("completed", batch.GetProperty("status").GetString(), batch.ToString());
        var answers = await ReadAsync(files, batch.GetProperty("output_file_id").GetString()!);
        var errors = await ReadAsync(files, batch.GetProperty("error_file_id").GetString()!);
        Assert.HasCount(Calls - 10, answers);
        Assert.HasCount(10, errors);
        Assert.HasCount(Calls, answers.Concat(errors).Select(line => line.GetProperty("custom_id").GetString()).Distinct());
        Assert.IsTrue(errors.All(line => line.GetProperty("response").GetProperty("status_code").GetInt32() == 400));

        await files.DeleteFileAsync(file.Id, token);
        var gone = await Assert.ThrowsExactlyAsync<ClientResultException>(() => files.GetFileAsync(file.Id, token));
        Assert.AreEqual(404, gone.Status);
    }

    private static string LineOf(int index) => JsonSerializer.Serialize(new Dictionary<string, object>
    {
        ["custom_id"] = $"call-{index}",
        ["method"] = "POST",
        ["url"] = "/v1/chat/completions",
        ["body"] = new Dictionary<string, object>
        {
            ["model"] = "capibara6-20b",
            ["messages"] = new[] { new { role = "user", content = $"Question {index}?" } },
            ["max_tokens"] = 20,
            ["temperature"] = index % 100 == 0 ? 9 : 1,
        },
    });

    private static async Task<JsonElement> FindAsync(CreateBatchOperation operation) =>
        JsonDocument.Parse((await operation.GetBatchAsync(null)).GetRawResponse().Content).RootElement;

    private static async Task<List<JsonElement>> ReadAsync(OpenAIFileClient files, string id)
    {
        BinaryData content = await files.DownloadFileAsync(id);
        return [.. content.ToString().TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement)];
    }
}
