using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Capibara6.Core.Identity.Accounts;
using Json.Schema;
using Microsoft.Extensions.DependencyInjection;

namespace Capibara6.Tests.Api.Json;

/// <summary>
/// Every body of the API with null, another type and an extreme value at each of its places, against the API with its real database:
/// none is our fault, and none is taken that openapi.json doesn't promise to take.
/// </summary>
[TestClass]
public sealed class AnyBodyTests
{
    private const string UserPath = "/auth/users/{id}";
    private const string Item = """{"query":"x","context":{"a":"b"},"model":"auto","max_tokens":5,"temperature":0.5,"use_cache":true,"custom_id":"c"}""";
    private const string Budget = """{"tokens_per_day":1000,"tokens_per_month":9000,"cost_usd_per_day":1.5,"cost_usd_per_month":20}""";

    private const string Chat = """
        {"model":"capibara6-20b","messages":[{"role":"user","content":[{"type":"text","text":"Hi"},{"type":"image_url","image_url":{"url":"data:,x"}}]}],
        "stream":false,"stream_options":{"include_usage":true},"max_tokens":5,"max_completion_tokens":5,"n":1,"temperature":0,
        "tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}]}
        """;

    private const string Messages = """
        {"model":"capibara6-20b","max_tokens":5,"system":[{"type":"text","text":"Be brief."}],"stream":false,"temperature":0.5,"stop_sequences":["."],
        "messages":[{"role":"user","content":[{"type":"text","text":"Hi"},{"type":"image","source":{"type":"url","url":"data:,x"}}]},
        {"role":"assistant","content":[{"type":"tool_use","id":"t","name":"f","input":{}}]},
        {"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"ok"}]}]}],
        "tools":[{"name":"f","description":"d","input_schema":{"type":"object"}}],"tool_choice":{"type":"tool","name":"f"}}
        """;

    /// <summary>A good body for each call that takes one, with every field.</summary>
    private static readonly Dictionary<string, string> s_bodies = new()
    {
        ["post /auth/login"] = """{"username":"maria","password":"a long new sentence"}""",
        ["post /auth/refresh"] = """{"refresh_token":"cap6r_x"}""",
        ["post /auth/logout"] = """{"refresh_token":"cap6r_x"}""",
        ["post /auth/password"] = """{"current_password":"the old one","new_password":"a long new sentence","revoke_api_keys":false}""",
        ["post /auth/signing-keys"] = """{"revoke_old":false}""",
        ["post /auth/api-keys"] =
            $$"""{"name":"nightly","permissions":["read","execute"],"expires_at":"2099-01-01T00:00:00Z","budget":{{Budget}}}""",
        ["post /auth/users"] =
            $$"""{"username":"maria","password":"a long new sentence","email":"m@x.org","roles":["user"],"rate_limits":{"query":5},"budget":{{Budget}}}""",
        [$"patch {UserPath}"] =
            $$"""{"password":"a long new sentence","revoke_api_keys":true,"email":"m@x.org","roles":["user"],"active":true,"rate_limits":{"query":5},"budget":{{Budget}}}""",
        ["post /api/v1/query"] = """{"query":"x","context":{"a":"b"},"model":"auto","max_tokens":5,"temperature":0.5,"use_cache":true}""",
        ["post /api/v1/query/stream"] = """{"query":"x","context":{"a":"b"},"model":"auto","max_tokens":5,"temperature":0.5,"use_cache":true}""",
        ["post /api/v1/batch"] = $$"""{"queries":["x",{{Item}}],"priority":"high","deadline":"2099-01-01T00:00:00Z","webhook":{"url":"https://hooks.example.org/a","secret":"whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"} }""",
        ["post /api/v1/query/{id}/feedback"] = """{"helpful":true,"comment":"just so"}""",
        ["patch /api/v1/playbooks/{domain}"] = """{"name":"Code","frozen":true}""",
        ["patch /api/v1/playbooks/{domain}/bullets/{id}"] = """{"text":"Mind the units.","retired":true}""",
        ["post /api/v1/playbooks/{domain}/import"] = """{"name":"Code","bullets":[{"text":"Mind the units.","helpful":1,"harmful":0}]}""",
        ["post /v1/messages"] = Messages,
        ["post /v1/chat/completions"] = Chat,
        ["post /v1/completions"] = """{"model":"capibara6-20b","prompt":"Once","max_tokens":5,"stream":false}""",
        ["post /v1/responses"] = """{"model":"capibara6-20b","input":[{"role":"user","content":[{"type":"input_text","text":"Hi"}]}],"max_output_tokens":5,"store":false}""",
        ["post /v1/embeddings"] = """{"model":"capibara6-20b","input":["a","b"],"dimensions":8,"encoding_format":"float"}""",
        ["post /v1/batches"] =
            """
            {"input_file_id":"file-0197a3c000007000800000000000dead","endpoint":"/v1/embeddings","completion_window":"24h","metadata":{"a":"b"},
            "output_expires_after":{"anchor":"created_at","seconds":3600}}
            """,
        ["post /v1/moderations"] = """{"model":"capibara6-20b","input":["a"]}""",
    };

    private static ApiHost s_host = null!;
    private static HttpClient s_client = null!;
    private static JsonObject s_document = null!;
    private static string s_user = null!;

    public TestContext TestContext { get; set; } = null!;

    public static IEnumerable<object[]> Calls => s_bodies.Keys.Select(call => new object[] { call });

    [ClassInitialize]
    public static async Task StartAsync(TestContext context)
    {
        s_host = await ApiHost.StartAsync(
            context.CancellationToken, ("Identity:PasswordIterations", "100000"), ("Identity:MaxApiKeysPerAccount", "1000"));
        // The host is older than its schema here, and log-ins are served when the accounts have been looked at.
        await s_host.Services.GetRequiredService<AccountBootstrap>().Completion.WaitAsync(context.CancellationToken);
        s_client = s_host.CreateClient();
        s_document = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "Capibara6.Api", "openapi.json"), context.CancellationToken))!
            .AsObject();
        using var made = await s_client.PostAsJsonAsync(
            "/auth/users", new { username = "someone", password = "a long new sentence", roles = new[] { "user" } }, context.CancellationToken);
        s_user = (await made.Content.ReadFromJsonAsync<JsonElement>(context.CancellationToken)).GetProperty("id").GetString()!;
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        s_client.Dispose();
        await s_host.DisposeAsync();
    }

    [TestMethod]
    public void Calls_ThatTakeABody_AreAllHere()
    {
        var promised = s_document["paths"]!.AsObject()
            .SelectMany(path => path.Value!.AsObject(), (path, operation) => (Name: $"{operation.Key} {path.Key}", operation.Value))
            .Where(operation => operation.Value is JsonObject fields && fields["requestBody"]?["content"]?["application/json"] is not null)
            .Select(operation => operation.Name);
        CollectionAssert.AreEquivalent(promised.ToArray(), s_bodies.Keys);
    }

    [TestMethod]
    [DynamicData(nameof(Calls))]
    public async Task Body_WithAnythingAnywhere_IsRefusedOrAsPromised(string call)
    {
        var schema = SchemaOf(call);
        var wrong = new List<string>();
        var number = 0;
        foreach (var (place, body) in BodyMutations.Of(s_bodies[call]))
        {
            // Each user is a new one: a name that is taken would hide what else is wrong.
            var sent = body.Replace("\"maria\"", $"\"maria{number++}\"", StringComparison.Ordinal);
            using var request = RequestFor(call, sent);
            using var response = await s_client.SendAsync(request, TestContext.CancellationToken);
            var answer = await response.Content.ReadAsStringAsync(TestContext.CancellationToken);
            var isFault = response.StatusCode >= HttpStatusCode.InternalServerError;
            if (isFault || (response.IsSuccessStatusCode && !Fits(schema, sent)))
            {
                wrong.Add($"{place}: {(int)response.StatusCode} for {Short(sent)}: {Short(answer)}");
            }
        }

        Assert.IsEmpty(wrong, $"{wrong.Count} of {number}:\n{string.Join('\n', wrong.Take(30))}");
    }

    private static HttpRequestMessage RequestFor(string call, string body)
    {
        var (method, path) = (call[..call.IndexOf(' ')], call[(call.IndexOf(' ') + 1)..]);
        return new HttpRequestMessage(new HttpMethod(method.ToUpperInvariant()), path.Replace("{id}", s_user, StringComparison.Ordinal).Replace("{domain}", "code", StringComparison.Ordinal))
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
    }

    private static JsonSchema SchemaOf(string call)
    {
        var separator = call.IndexOf(' ');
        var body = s_document["paths"]![call[(separator + 1)..]]![call[..separator]]!["requestBody"]!["content"]!["application/json"]!["schema"]!;
        var whole = body.DeepClone().AsObject();
        whole["$defs"] = s_document["components"]!["schemas"]!.DeepClone();
        return JsonSchema.FromText(whole.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal));
    }

    private static bool Fits(JsonSchema schema, string body)
    {
        using var document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 1_000 });
        try
        {
            return schema.Evaluate(document.RootElement).IsValid;
        }
        catch (FormatException)
        {
            // A number beyond decimal where the schema wants a type: the package doesn't compare it.
            return false;
        }
    }

    private static string Short(string text) => text.Length <= 400 ? text : $"{text[..200]}…{text[^200..]}";
}
