using System.Runtime.CompilerServices;
using Capibara6.Core;
using Capibara6.Core.Identity;
using Capibara6.Core.Jobs;
using Capibara6.Core.ModelClients;
using Capibara6.Core.Queries;

namespace Capibara6.Tests.Api;

/// <summary>Does what the test says and remembers what it was asked.</summary>
internal sealed class ScriptedPipeline : IQueryPipeline
{
    public List<QueryRequest> Requests { get; } = [];

    public Func<QueryRequest, CancellationToken, Task<Outcome<QueryResult>>> Execute { get; set; } =
        (request, _) => Task.FromResult<Outcome<QueryResult>>(Answers.To(request.Query));

    public Func<QueryRequest, CancellationToken, IAsyncEnumerable<QueryEvent>> Stream { get; set; } = Answers.StreamAsync;

    public Task<Outcome<QueryResult>> ExecuteAsync(QueryRequest request, CancellationToken cancellationToken)
    {
        Requests.Add(request);
        return Execute(request, cancellationToken);
    }

    public IAsyncEnumerable<QueryEvent> StreamAsync(QueryRequest request, CancellationToken cancellationToken)
    {
        Requests.Add(request);
        return Stream(request, cancellationToken);
    }
}

/// <summary>Complete answers for the edge to write.</summary>
internal static class Answers
{
    public static RoutingResult Routing { get; } = new()
    {
        Model20bConfidence = 0.8,
        Model120bConfidence = 0.2,
        SelectedModel = "capibara6-20b",
        Reasoning = "short and simple",
        Complexity = 0.1,
        Domain = "code",
    };

    public static AceResult Ace { get; } = new() { EnhancedContext = "", AwarenessScore = 0 };

    public static QueryResult To(string query) => new()
    {
        Id = Guid.Parse("0197a3c0-0000-7000-8000-000000000001"),
        Query = query,
        Result = "Olá, mundo: def f(): …",
        ModelUsed = "capibara6-20b",
        Routing = Routing,
        Ace = Ace,
        Cached = false,
        Usage = new QueryUsage { PromptTokens = 7, CompletionTokens = 5, CostUsd = 0.0001m },
        ProcessingTimeMs = 1.23456,
        Timestamp = new DateTimeOffset(2026, 11, 24, 5, 0, 0, TimeSpan.FromHours(1)),
    };

    public static async IAsyncEnumerable<QueryEvent> StreamAsync(
        QueryRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        yield return new QueryEvent.Routed(Routing);
        yield return new QueryEvent.Enriched(Ace);
        yield return new QueryEvent.Token("Olá, mundo:\n");
        yield return new QueryEvent.Token("def f(): …");
        yield return new QueryEvent.Done(To(request.Query));
    }
}

internal sealed class ScriptedCatalog : IModelCatalog
{
    public IReadOnlyList<ModelDescription> Models { get; } = [Describe("capibara6-20b", 20), Describe("capibara6-120b", 120)];

    public ModelDescription? Find(string id) => Models.FirstOrDefault(model => model.Id.Equals(id, StringComparison.OrdinalIgnoreCase));

    private static ModelDescription Describe(string id, int billions) => new()
    {
        Id = id,
        Name = id,
        Description = $"{billions}B",
        ParametersBillion = billions,
        ContextWindow = 131_072,
        PromptPricePerMillion = 0.1m,
        CompletionPricePerMillion = 0.5m,
    };
}

/// <summary>Accepts everything and remembers the last; knows one batch.</summary>
internal sealed class ScriptedBatches : IBatches
{
    public static readonly Guid Known = Guid.Parse("0197a3c0-0000-7000-8000-000000000002");

    public BatchRequest? Accepted { get; private set; }

    /// <summary>Looks at a request while it is being accepted: a large one is gone afterwards.</summary>
    public Func<BatchRequest, string>? Inspect { get; set; }

    public string? Inspected { get; private set; }

    public Func<IAsyncEnumerable<BatchItemResult>> Results { get; set; } = () => AsyncEnumerable.Empty<BatchItemResult>();

    private static Failure Missing { get; } = new(FailureCodes.BatchNotFound, FailureKind.NotFound, "No such batch.");

    public Task<Outcome<BatchView>> AcceptAsync(BatchRequest request, CancellationToken cancellationToken)
    {
        Accepted = request;
        Inspected = Inspect?.Invoke(request);
        return Task.FromResult<Outcome<BatchView>>(View(request.Items.Count, request.Priority));
    }

    /// <summary>What the known batch looks like, one look after the other; the last one stays.</summary>
    public Queue<Outcome<BatchView>> Looks { get; } = new([View(1, BatchPriority.Low)]);

    public Task<Outcome<BatchView>> FindAsync(Guid id, Caller caller, CancellationToken cancellationToken) =>
        Task.FromResult(id != Known ? Missing : Looks.Count > 1 ? Looks.Dequeue() : Looks.Peek());

    public Task<Outcome<IReadOnlyList<BatchView>>> ListAsync(Caller caller, Guid? before, int limit, CancellationToken cancellationToken) =>
        Task.FromResult<Outcome<IReadOnlyList<BatchView>>>(
            new Outcome<IReadOnlyList<BatchView>>.Success([.. Enumerable.Repeat(View(1, BatchPriority.Low), Math.Min(limit, 3))]));

    public Task<Outcome<BatchView>> CancelAsync(Guid id, Caller caller, CancellationToken cancellationToken) =>
        Task.FromResult<Outcome<BatchView>>(new Failure(FailureCodes.BatchFinished, FailureKind.Conflict, "It has ended."));

    public Task<Outcome<IAsyncEnumerable<BatchItemResult>>> ReadResultsAsync(
        Guid id, Caller caller, CancellationToken cancellationToken, int after = -1, int? limit = null) =>
        Task.FromResult<Outcome<IAsyncEnumerable<BatchItemResult>>>(new Outcome<IAsyncEnumerable<BatchItemResult>>.Success(Results()));

    public async Task<Outcome<ILookup<Guid, BatchItemResult>>> ReadResultPagesAsync(
        IReadOnlyCollection<Guid> ids, Caller caller, int after, int limit, CancellationToken cancellationToken)
    {
        var results = await Results().Where(result => result.Index > after).Take(limit).ToListAsync(cancellationToken);
        return new Outcome<ILookup<Guid, BatchItemResult>>.Success(
            ids.SelectMany(id => results, (id, result) => (id, result)).ToLookup(item => item.id, item => item.result));
    }

    public static BatchView View(int total, BatchPriority priority) => new()
    {
        Id = Known,
        Status = BatchStatus.Queued,
        Priority = priority,
        Total = total,
        Pending = total,
        Running = 0,
        Succeeded = 0,
        Failed = 0,
        Cancelled = 0,
        CreatedAt = DateTimeOffset.UnixEpoch,
    };
}
