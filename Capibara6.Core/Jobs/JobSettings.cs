using Capibara6.Core.Queries;

namespace Capibara6.Core.Jobs;

/// <summary>What an item sets beside its text, context and model; stored as JSON. Names stay: rows outlive builds.</summary>
internal sealed record JobSettings(int? MaxTokens, float? Temperature, bool? UseCache, CodeExecution? Execute = null)
{
    /// <summary>Null when the item sets nothing.</summary>
    public static JobSettings? Of(BatchItem item) => item is { MaxTokens: null, Temperature: null, UseCache: true, Execute: CodeExecution.Never }
        ? null
        : new(item.MaxTokens, item.Temperature, item.UseCache ? null : false, item.Execute is CodeExecution.Never ? null : item.Execute);

    public QueryRequest ApplyTo(QueryRequest request) => request with
    {
        MaxTokens = MaxTokens, Temperature = Temperature, UseCache = UseCache ?? true, Execute = Execute ?? CodeExecution.Never,
    };
}
