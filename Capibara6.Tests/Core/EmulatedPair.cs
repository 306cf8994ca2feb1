using Capibara6.ModelEmulator;
using Capibara6.ModelEmulator.Faults;

namespace Capibara6.Tests.Core;

/// <summary>An emulator that plays the two models under their own names.</summary>
internal static class EmulatedPair
{
    public const string Small = "capibara6-20b";
    public const string Large = "capibara6-120b";

    public static Task<ModelEmulatorHost> StartAsync(CancellationToken cancellationToken, Action<ModelEmulatorOptions>? configure = null) =>
        ModelEmulatorHost.StartAsync(
            options =>
            {
                options.Models.Add(new EmulatedModel { Id = Small, ContextWindow = 131_072 });
                options.Models.Add(new EmulatedModel { Id = Large, ContextWindow = 131_072 });
                configure?.Invoke(options);
            },
            cancellationToken);

    public static string ConnectionStringOf(ModelEmulatorHost emulator, string key = "test-key") => $"Endpoint={emulator.Address}v1;Key={key}";

    public static Fault Status(int status, int? count = null, string? model = null, int? retryAfter = null) => new()
    {
        Kind = FaultKind.Status, Status = status, Count = count, Model = model, RetryAfterSeconds = retryAfter,
    };
}
