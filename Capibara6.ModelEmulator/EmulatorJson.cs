using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Capibara6.ModelEmulator.Chat;
using Capibara6.ModelEmulator.Errors;
using Capibara6.ModelEmulator.Faults;
using Capibara6.ModelEmulator.ModelCatalog;

namespace Capibara6.ModelEmulator;

/// <summary>Every body that goes out, in the protocol's snake_case. Nulls are written: clients expect <c>"usage": null</c> and the like.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = false,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ChatCompletion))]
[JsonSerializable(typeof(ChatChunk))]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(ModelList))]
[JsonSerializable(typeof(ModelObject))]
[JsonSerializable(typeof(FaultsBody))]
[JsonSerializable(typeof(HealthStatus))]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class EmulatorJsonContext : JsonSerializerContext;

internal static class EmulatorJson
{
    public static Task WriteAsync<T>(HttpContext context, int status, T body, JsonTypeInfo<T> type) =>
        WriteAsync(context, status, JsonSerializer.SerializeToUtf8Bytes(body, type));

    public static async Task WriteAsync(HttpContext context, int status, byte[] bytes)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }
}
