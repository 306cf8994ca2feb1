using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Capibara6.ModelEmulator.Errors;

internal static class ApiKeyCheck
{
    /// <summary>Asks for <see cref="ModelEmulatorOptions.ApiKey"/> below <c>/v1</c> when there is one.</summary>
    public static void UseApiKey(this WebApplication app)
    {
        var key = app.Services.GetRequiredService<IOptions<ModelEmulatorOptions>>().Value.ApiKey;
        if (string.IsNullOrEmpty(key))
        {
            return;
        }

        var expected = Encoding.UTF8.GetBytes($"Bearer {key}");
        app.Use((context, next) =>
        {
            var given = Encoding.UTF8.GetBytes(context.Request.Headers.Authorization.ToString());
            return !context.Request.Path.StartsWithSegments("/v1", StringComparison.Ordinal)
                || CryptographicOperations.FixedTimeEquals(expected, given)
                    ? next(context)
                    : throw ProtocolException.OfStatus(StatusCodes.Status401Unauthorized);
        });
    }
}
