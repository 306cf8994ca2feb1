using System.Data.Common;

namespace Capibara6.Core.ModelClients;

/// <summary>Where models are reached.</summary>
/// <param name="Address">Base address, such as <c>http://localhost:11434/v1</c>.</param>
/// <param name="Key">Bearer key; null when the endpoint wants none.</param>
internal sealed record ModelEndpoint(Uri Address, string? Key)
{
    public const string ConnectionName = "models";

    /// <summary>Azure's own OpenAI service, which takes its key in a header of its own.</summary>
    public bool IsAzure { get; } = IsUnder(Address, "azure.com") || IsUnder(Address, "azure.us");

    /// <summary>The field that bounds an answer there: OpenAI's newer models refuse the old name, and others don't know the new one.</summary>
    public string TokenBound => IsAzure || IsUnder(Address, "openai.com") ? "max_completion_tokens" : "max_tokens";

    /// <summary>Reads <c>Endpoint=http://host:port/v1;Key=…</c>; a bare address is an endpoint without a key.</summary>
    /// <exception cref="FormatException">It is neither; the message does not repeat it, since it may hold a key.</exception>
    public static ModelEndpoint Parse(string connectionString)
    {
        if (IsAddress(connectionString))
        {
            return new ModelEndpoint(new Uri(connectionString), null);
        }

        try
        {
            var parts = new DbConnectionStringBuilder { ConnectionString = connectionString };
            if (parts.TryGetValue("Endpoint", out var endpoint) && endpoint is string address && IsAddress(address))
            {
                var key = parts.TryGetValue("Key", out var value) ? value as string : null;
                return new ModelEndpoint(new Uri(address), string.IsNullOrEmpty(key) ? null : key);
            }
        }
        catch (ArgumentException)
        {
            // Not a connection string at all: said below.
        }

        throw new FormatException($"ConnectionStrings:{ConnectionName} must look like Endpoint=http://host:port/v1;Key=…");
    }

    public static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);

    /// <summary>Without the key: this may end up in a log.</summary>
    public override string ToString() => Address.ToString();

    private static bool IsUnder(Uri address, string domain) => address.Host.EndsWith("." + domain, StringComparison.OrdinalIgnoreCase);
}
