using System.Net;

namespace Capibara6.Core.Jobs;

/// <summary>Who is told when a batch has ended.</summary>
/// <param name="Url">https, at most 2,048 characters, without credentials in it; not a private address unless the installation allows them.</param>
/// <param name="Secret">What the message is signed with: <c>whsec_</c> and 24 to 64 bytes in base64, as Standard Webhooks has it.</param>
public sealed record BatchWebhook(string Url, string Secret)
{
    private const int MaxUrlLength = 2_048;
    private const int MinSecretBytes = 24;
    private const int MaxSecretBytes = 64;
    private const string SecretPrefix = "whsec_";

    internal Failure? Check(WebhookOptions options)
    {
        if (Url.Length > MaxUrlLength || !Uri.TryCreate(Url, UriKind.Absolute, out var url) || url.UserInfo.Length > 0
            || !(url.Scheme == Uri.UriSchemeHttps || (options.AllowPrivate && url.Scheme == Uri.UriSchemeHttp)))
        {
            return Wrong("webhook.url", $"The webhook's address must begin with https://, without a user, in {MaxUrlLength} characters.");
        }

        if (!options.AllowPrivate && IPAddress.TryParse(url.DnsSafeHost, out var address) && !PublicAddresses.Contain(address))
        {
            return Wrong("webhook.url", "The webhook's address is not one of the internet; this installation calls no other.");
        }

        return KeyOf(Secret) is null
            ? Wrong("webhook.secret", $"The webhook's secret must be {SecretPrefix} and {MinSecretBytes} to {MaxSecretBytes} bytes in base64.")
            : null;
    }

    /// <returns>Null for what is no secret.</returns>
    internal static byte[]? KeyOf(string secret)
    {
        Span<byte> bytes = stackalloc byte[MaxSecretBytes + 3];
        return secret.StartsWith(SecretPrefix, StringComparison.Ordinal)
            && Convert.TryFromBase64String(secret[SecretPrefix.Length..], bytes, out var length) && length is >= MinSecretBytes and <= MaxSecretBytes
            ? bytes[..length].ToArray()
            : null;
    }

    private static Failure Wrong(string field, string message) => new(FailureCodes.InvalidRequest, FailureKind.Invalid, message) { Field = field };
}
