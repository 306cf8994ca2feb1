using Capibara6.Core.Gateway;

namespace Capibara6.Core.Jobs;

/// <summary>The paths of OpenAI's API that a batch may call.</summary>
internal static class FileBatchEndpoints
{
    public const string Prefix = "/v1/";

    private static readonly Dictionary<string, GatewayRoute> s_routes = new[]
    {
        GatewayRoute.ChatCompletions, GatewayRoute.Embeddings, GatewayRoute.Completions, GatewayRoute.Responses, GatewayRoute.Moderations,
    }.ToDictionary(route => Prefix + route.Path, StringComparer.Ordinal);

    public static IReadOnlyCollection<string> All => s_routes.Keys;

    /// <returns>Null when there is none of that path.</returns>
    public static GatewayRoute? Find(string endpoint) => s_routes.GetValueOrDefault(endpoint);
}
