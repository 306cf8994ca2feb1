using System.Text.Json;
using System.Text.Json.Nodes;
using Capibara6.Core;
using Capibara6.Core.Context;
using Capibara6.Core.Queries;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Capibara6.Tests.Core.Context;

/// <summary>One replica with playbooks on, a database of its own, and a model that answers and judges as a test says.</summary>
internal sealed class PlaybookFixture : IAsyncDisposable
{
    private readonly TestDatabase _database;
    private readonly ScriptedUpstream _upstream;
    private readonly CoreReplica _replica;

    private PlaybookFixture(TestDatabase database, ScriptedUpstream upstream, CoreReplica replica) =>
        (_database, _upstream, _replica) = (database, upstream, replica);

    /// <summary>What the model answers to the messages of a question.</summary>
    public Func<JsonArray, string> Answer { get; set; } = _ => "an answer";

    /// <summary>How the model judges what it is shown.</summary>
    public Func<JsonNode, object> Judge { get; set; } = _ => new { verdict = "right", helpful = Array.Empty<int>(), harmful = Array.Empty<int>(), lessons = Array.Empty<string>() };

    public IPlaybooks Playbooks => _replica.Services.GetRequiredService<IPlaybooks>();

    public IReflector Reflector => _replica.Services.GetRequiredService<IReflector>();

    public IAnswerFeedback Feedback => _replica.Services.GetRequiredService<IAnswerFeedback>();

    /// <summary>The bodies that the model was sent, in order.</summary>
    public IReadOnlyList<JsonNode> Asked => [.. _upstream.Requests.Select(request => JsonNode.Parse(request.Body)!)];

    public static async Task<PlaybookFixture> StartAsync(CancellationToken cancellationToken, Dictionary<string, string?>? settings = null)
    {
        var database = await MigratedDatabase.CreateAsync(cancellationToken);
        var upstream = await ScriptedUpstream.StartAsync(cancellationToken);
        Dictionary<string, string?> all = new() { ["Ace:Enabled"] = "true", ["Ace:SampleShare"] = "1", ["Ace:SearchTimeout"] = "00:00:10" };
        foreach (var (name, value) in settings ?? [])
        {
            all[name] = value;
        }

        var fixture = new PlaybookFixture(
            database, upstream, await CoreReplica.StartAsync(database.ConnectionString, upstream.ConnectionString, cancellationToken, settings: all));
        upstream.Answer = context => ScriptedUpstream.WriteAsync(context, fixture.Reply());
        return fixture;
    }

    public async Task<QueryResult> AskAsync(string question, CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? material = null) =>
        CoreReplica.Value(await _replica.Pipeline.ExecuteAsync(
            new QueryRequest(question, CoreReplica.Alice) { Context = material ?? new Dictionary<string, string>() }, cancellationToken));

    public async Task ImportAsync(string domain, CancellationToken cancellationToken, params string[] lessons) =>
        CoreReplica.Value(await Playbooks.ImportAsync(domain, domain + " book", [.. lessons.Select(text => new BulletDraft(text, 0, 0))], cancellationToken));

    public async Task<IReadOnlyList<BulletView>> BulletsAsync(string domain, CancellationToken cancellationToken) =>
        await Playbooks.GetAsync(domain, cancellationToken) is Outcome<PlaybookPage>.Success page ? page.Value.Bullets : [];

    /// <summary>Waits until so many answers are noted.</summary>
    public Task NotedAsync(int count, CancellationToken cancellationToken) => Eventually.TrueAsync(
        async () =>
        {
            await using var connection = new NpgsqlConnection(_database.ConnectionString);
            await connection.OpenAsync(cancellationToken);
            await using var command = new NpgsqlCommand("SELECT count(*) FROM answer_notes", connection);
            return (long)(await command.ExecuteScalarAsync(cancellationToken))! >= count;
        },
        TimeSpan.FromSeconds(10),
        "the answers are noted",
        cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _replica.DisposeAsync();
        await _upstream.DisposeAsync();
        await _database.DisposeAsync();
    }

    private string Reply()
    {
        var body = JsonNode.Parse(_upstream.Requests.Last().Body)!;
        var messages = body["messages"]!.AsArray();
        var text = body["response_format"] is null
            ? Answer(messages)
            : JsonSerializer.Serialize(Judge(JsonNode.Parse(messages[^1]!["content"]!.GetValue<string>())!));
        var reply = JsonNode.Parse(ScriptedUpstream.WholeAnswer)!;
        reply["choices"]![0]!["message"]!["content"] = text;
        return reply.ToJsonString();
    }
}
