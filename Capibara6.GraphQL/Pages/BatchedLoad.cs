using GraphQL;
using GraphQL.DataLoader;

namespace Capibara6.GraphQLApi.Pages;

/// <summary>
/// Loads for many fields at once what each alone would ask for. The engine calls all resolvers of a level before it waits for
/// any; by then every key is here, and one statement serves them all.
/// </summary>
internal sealed class BatchedLoad<TKey, TValue>(Func<IReadOnlyCollection<TKey>, CancellationToken, Task<Func<TKey, TValue>>> load)
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private Round? _open;

    /// <summary>What the field resolves to: the value of that key, once all keys of the level are known.</summary>
    public IDataLoaderResult Of(TKey key)
    {
        lock (_gate)
        {
            _open ??= new Round();
            _open.Keys.Add(key);
            return new Pending(this, _open, key);
        }
    }

    private Task<Func<TKey, TValue>> RunAsync(Round round, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (ReferenceEquals(_open, round))
            {
                _open = null;
            }

            return round.Loading ??= load(round.Keys, cancellationToken);
        }
    }

    private sealed class Round
    {
        public HashSet<TKey> Keys { get; } = [];

        public Task<Func<TKey, TValue>>? Loading { get; set; }
    }

    private sealed class Pending(BatchedLoad<TKey, TValue> owner, Round round, TKey key) : IDataLoaderResult
    {
        public async Task<object?> GetResultAsync(CancellationToken cancellationToken = default) =>
            (await owner.RunAsync(round, cancellationToken))(key);
    }
}

internal static class BatchedLoads
{
    /// <summary>The load of that name in this request.</summary>
    public static BatchedLoad<TKey, TValue> Load<TKey, TValue>(
        this IResolveFieldContext context, string name, Func<IReadOnlyCollection<TKey>, CancellationToken, Task<Func<TKey, TValue>>> load)
        where TKey : notnull
    {
        lock (context.UserContext)
        {
            if (context.UserContext.TryGetValue(name, out var known))
            {
                return (BatchedLoad<TKey, TValue>)known!;
            }

            var made = new BatchedLoad<TKey, TValue>(load);
            context.UserContext[name] = made;
            return made;
        }
    }
}
