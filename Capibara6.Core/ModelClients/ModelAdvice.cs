namespace Capibara6.Core.ModelClients;

/// <summary>What an operator does about a deployment that is configured wrongly.</summary>
internal static class ModelAdvice
{
    public static string? For(Deployment deployment, ModelFault fault) => fault switch
    {
        ModelFault.KeyRefused =>
            $"{deployment.Endpoint} does not take the key: set Key in ConnectionStrings:models, or Models:Catalog:{deployment.ModelId}:Key",
        ModelFault.ModelMissing =>
            $"{deployment.Endpoint} does not have '{deployment.Upstream.Name}': set {SettingOf(deployment.ModelId)} to the name that it has",
        _ => null,
    };

    private static string SettingOf(string modelId) => modelId switch
    {
        ModelsOptions.SmallId => "Models:Small",
        ModelsOptions.LargeId => "Models:Large",
        _ => $"Models:Catalog:{modelId}:UpstreamModel",
    };
}
