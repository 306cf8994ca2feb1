using System.ComponentModel.DataAnnotations;
using System.Net;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Capibara6.ServiceDefaults.Access;

/// <summary>Settings of the front door: section <c>Access</c>.</summary>
public sealed class AccessOptions
{
    public const string SectionName = "Access";

    /// <summary>The permission that everything here needs, on top of each call's own: <c>api_access</c> or <c>graphql_access</c>. Set by the host.</summary>
    [Required]
    public string SurfacePermission { get; set; } = string.Empty;

    /// <summary>Addresses of the proxies whose <c>X-Forwarded-For</c> and <c>-Proto</c> count. None by default: then nobody can make up an address.</summary>
    public IList<string> KnownProxies { get; } = [];

    /// <summary>Networks of such proxies, as <c>10.0.0.0/8</c>; an entry may hold several, with commas between them.</summary>
    public IList<string> KnownNetworks { get; } = [];

    /// <summary>Proxies between the client and us; more entries of the header are not believed.</summary>
    [Range(1, 10)]
    public int ForwardLimit { get; set; } = 1;

    /// <summary>
    /// Development only: the role of requests that come from this machine without credentials; null, the default, refuses
    /// them as everywhere else. They may query, see models and batches; whatever the role, never keys, accounts or passwords.
    /// Set by the AppHost for a first query without ceremony.
    /// </summary>
    public string? LocalRole { get; set; }

    /// <summary>Origins whose pages may call us, as <c>https://app.example.org</c>. None by default.</summary>
    public IList<string> CorsOrigins { get; } = [];

    internal static IEnumerable<string> Networks(IEnumerable<string> entries) =>
        entries.SelectMany(entry => entry.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
}

internal sealed class AccessOptionsValidator(IHostEnvironment environment) : IValidateOptions<AccessOptions>
{
    public ValidateOptionsResult Validate(string? name, AccessOptions options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        List<string> failures =
        [
            .. results.Select(result => $"{AccessOptions.SectionName}: {result.ErrorMessage}"),
            .. options.KnownProxies.Where(proxy => !IPAddress.TryParse(proxy, out _))
                .Select(proxy => $"{AccessOptions.SectionName}:KnownProxies: '{proxy}' is not an IP address."),
            .. AccessOptions.Networks(options.KnownNetworks).Where(network => !IPNetwork.TryParse(network, out _))
                .Select(network => $"{AccessOptions.SectionName}:KnownNetworks: '{network}' is not a network such as 10.0.0.0/8."),
            .. options.CorsOrigins.Where(origin => !IsOrigin(origin))
                .Select(origin => $"{AccessOptions.SectionName}:CorsOrigins: '{origin}' is not an origin such as https://app.example.org."),
        ];
        if (options.LocalRole is not null && !environment.IsDevelopment())
        {
            failures.Add($"{AccessOptions.SectionName}:LocalRole lets requests in without credentials: it is for Development only. Remove it.");
        }

        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    // A star would let any page act with what its reader's browser holds.
    private static bool IsOrigin(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http" && uri.GetLeftPart(UriPartial.Authority) == origin;
}
