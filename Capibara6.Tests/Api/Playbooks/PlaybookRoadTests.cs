using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Capibara6.Tests.Api.Playbooks;

[TestClass]
public sealed class PlaybookRoadTests
{
    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Playbook_FromImportToAnswerToFeedback_GoesTheWholeWay()
    {
        await using var host = await ApiHost.StartAsync(Token, ("Ace:Enabled", "true"), ("Ace:SearchTimeout", "00:00:10"));
        using var client = host.CreateClient();
        var document = new { name = "Zimbels", bullets = new[] { new { text = "A zimbel is calibrated with a tuning fork.", helpful = 2 } } };
        var imported = await ReadAsync(await client.PostAsJsonAsync("/api/v1/playbooks/general/import", document, Token));
        Assert.AreEqual(1, imported.GetProperty("playbook").GetProperty("bullets_in_use").GetInt32());

        var answer = await ReadAsync(await client.PostAsJsonAsync("/api/v1/query", new { query = "How is a zimbel calibrated?" }, Token));
        var ace = answer.GetProperty("ace");
        Assert.AreEqual("Zimbels", ace.GetProperty("playbook_used").GetString());
        Assert.Contains("tuning fork", ace.GetProperty("enhanced_context").GetString()!);
        Assert.AreEqual(1, ace.GetProperty("awareness_score").GetDouble());

        var feedback = $"/api/v1/query/{answer.GetProperty("id").GetString()}/feedback";
        await Eventually.TrueAsync(
            async () => (await client.PostAsJsonAsync(feedback, new { helpful = true, comment = "just so" }, Token)).StatusCode == HttpStatusCode.NoContent,
            TimeSpan.FromSeconds(10), "feedback is taken", Token);
        var read = await ReadAsync(await client.GetAsync("/api/v1/playbooks/general", Token));
        var bullet = read.GetProperty("bullets")[0];
        Assert.AreEqual(3, bullet.GetProperty("helpful").GetInt32());

        var changed = await ReadAsync(await client.PatchAsJsonAsync($"/api/v1/playbooks/general/bullets/{bullet.GetProperty("id").GetString()}", new { retired = true }, Token));
        Assert.IsTrue(changed.GetProperty("retired").GetBoolean());
        Assert.IsTrue((await ReadAsync(await client.PatchAsJsonAsync("/api/v1/playbooks/general", new { frozen = true }, Token))).GetProperty("frozen").GetBoolean());
        var exported = await ReadAsync(await client.GetAsync("/api/v1/playbooks/general/export", Token));
        Assert.AreEqual(("Zimbels", 0), (exported.GetProperty("name").GetString(), exported.GetProperty("bullets").GetArrayLength()));
        var list = await ReadAsync(await client.GetAsync("/api/v1/playbooks", Token));
        Assert.AreEqual(1, list.GetProperty("playbooks")[0].GetProperty("bullets_retired").GetInt32());
        using var gone = await client.DeleteAsync("/api/v1/playbooks/general", Token);
        Assert.AreEqual(HttpStatusCode.NoContent, gone.StatusCode);
    }

    [TestMethod]
    public async Task Playbooks_WhatIsWrong_IsSaid()
    {
        await using var host = await ApiHost.StartAsync(Token);
        using var client = host.CreateClient();
        await FailsAsync(await client.GetAsync("/api/v1/playbooks/none", Token), HttpStatusCode.NotFound, "playbook_not_found");
        await FailsAsync(await client.PostAsJsonAsync("/api/v1/playbooks/No!/import", new { bullets = Array.Empty<object>() }, Token), HttpStatusCode.BadRequest, "invalid_request");
        await FailsAsync(
            await client.PostAsJsonAsync("/api/v1/playbooks/code/import", new { bullets = new[] { new { text = new string('x', 601) } } }, Token),
            HttpStatusCode.BadRequest, "invalid_request");
        await FailsAsync(
            await client.PostAsJsonAsync($"/api/v1/query/{Guid.CreateVersion7(TimeProvider.System.GetUtcNow())}/feedback", new { helpful = true }, Token), HttpStatusCode.NotFound, "answer_not_found");
        await FailsAsync(await client.PostAsJsonAsync("/api/v1/query/x/feedback", new { helpful = false }, Token), HttpStatusCode.NotFound, "answer_not_found");
    }

    private async Task<JsonElement> ReadAsync(HttpResponseMessage response)
    {
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync(Token);
            Assert.AreEqual(HttpStatusCode.OK, response.StatusCode, text);
            return JsonDocument.Parse(text).RootElement;
        }
    }

    private async Task FailsAsync(HttpResponseMessage response, HttpStatusCode status, string code)
    {
        using (response)
        {
            Assert.AreEqual(status, response.StatusCode);
            Assert.AreEqual(code, (await EdgeHost.ReadProblemAsync(response, Token)).GetProperty("code").GetString());
        }
    }
}
