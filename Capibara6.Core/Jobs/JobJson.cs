using System.Text.Json.Serialization;
using Capibara6.Core.Queries;

namespace Capibara6.Core.Jobs;

/// <summary>How contexts and answers stand in the database. Names stay: rows outlive builds.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(JobSettings))]
[JsonSerializable(typeof(WebhookEvent))]
[JsonSerializable(typeof(QueryResult))]
[JsonSerializable(typeof(System.Text.Json.JsonElement))]
[JsonSerializable(typeof(IReadOnlyList<FileProblem>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, string>))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class JobJson : JsonSerializerContext;
