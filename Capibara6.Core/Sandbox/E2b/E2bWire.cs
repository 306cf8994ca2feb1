using System.Text.Json.Serialization;

namespace Capibara6.Core.Sandbox.E2b;

/// <summary>The body of <c>POST /sandboxes</c>.</summary>
/// <param name="Timeout">Seconds until it ends by itself.</param>
internal sealed record E2bOrder(
    [property: JsonPropertyName("templateID")] string TemplateID,
    [property: JsonPropertyName("timeout")] int Timeout,
    [property: JsonPropertyName("secure")] bool Secure,
    [property: JsonPropertyName("allow_internet_access")] bool AllowInternetAccess);

/// <summary>Its answer, as far as it is needed.</summary>
internal sealed record E2bMachine(
    [property: JsonPropertyName("sandboxID")] string SandboxID,
    [property: JsonPropertyName("domain")] string? Domain,
    [property: JsonPropertyName("envdAccessToken")] string? EnvdAccessToken,
    [property: JsonPropertyName("trafficAccessToken")] string? TrafficAccessToken);

/// <summary>The body of the code interpreter's <c>POST /execute</c>.</summary>
internal sealed record E2bCode([property: JsonPropertyName("code")] string Code, [property: JsonPropertyName("language")] string Language);

/// <summary>One line of its answer.</summary>
/// <param name="Type"><c>stdout</c>, <c>stderr</c>, <c>result</c>, <c>error</c>, and others.</param>
internal sealed record E2bLine(
    [property: JsonPropertyName("type")] string? Type,
    [property: JsonPropertyName("text")] string? Text,
    [property: JsonPropertyName("name")] string? Name,
    [property: JsonPropertyName("value")] string? Value,
    [property: JsonPropertyName("traceback")] string? Traceback);

[JsonSerializable(typeof(E2bOrder))]
[JsonSerializable(typeof(E2bMachine))]
[JsonSerializable(typeof(E2bCode))]
[JsonSerializable(typeof(E2bLine))]
internal sealed partial class E2bJson : JsonSerializerContext;
