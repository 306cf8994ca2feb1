using System.Collections.Concurrent;

namespace Capibara6.GraphQLApi.Telemetry;

/// <summary>The names of operations that measurements are kept by: the first of them; clients can't make ever more.</summary>
internal sealed class OperationNames(int max)
{
    public const string Other = "other";
    public const string None = "unnamed";

    private readonly ConcurrentDictionary<string, byte> _known = new(StringComparer.Ordinal);

    public string Of(string? name)
    {
        if (string.IsNullOrEmpty(name))
        {
            return None;
        }

        // Two at once may make it a few more than the most, never many.
        return name.Length <= 100 && (_known.ContainsKey(name) || (_known.Count < max && _known.TryAdd(name, 0))) ? name : Other;
    }
}
