using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.IdentityModel.Tokens;

namespace Capibara6.ServiceDefaults.Access;

/// <summary>
/// Tokens of a Microsoft Entra tenant, validated by Microsoft.Identity.Web, where the section <c>AzureAd</c> names one. An
/// app role counts when it is called as one of ours.
/// </summary>
internal sealed class OutsideTokens(IConfiguration configuration)
{
    public const string SchemeName = "AzureAd";
    public const string SectionName = "AzureAd";
    private readonly bool _enabled = configuration.GetSection(SectionName).Exists();

    public async ValueTask<CredentialVerdict> CheckAsync(HttpContext context, ICredentialGate gate)
    {
        if (!_enabled)
        {
            return CredentialVerdict.Rejected;
        }

        var result = await context.AuthenticateAsync(SchemeName);
        if (!result.Succeeded || IdOf(result.Principal) is not { } id)
        {
            return CredentialVerdict.Rejected;
        }

        string[] roles = [.. result.Principal.Claims.Where(claim => claim.Type is "roles" or ClaimTypes.Role).Select(claim => claim.Value)];
        return await gate.CheckExternalAsync(id, NameOf(result.Principal), roles, context.RequestAborted);
    }

    /// <summary>
    /// For a provider that isn't found at Microsoft's own address (a sovereign cloud, a mirror, a test): where its metadata
    /// is, and the one issuer that counts. Without <c>ValidIssuer</c> Microsoft.Identity.Web decides by the tenant.
    /// </summary>
    public static void Override(JwtBearerOptions options, IConfigurationSection section)
    {
        if (section["MetadataAddress"] is { Length: > 0 } metadata)
        {
            options.MetadataAddress = metadata;
            options.RequireHttpsMetadata = section.GetValue("RequireHttpsMetadata", defaultValue: true);
        }

        if (section["ValidIssuer"] is { Length: > 0 } valid)
        {
            options.TokenValidationParameters.IssuerValidator = (issuer, _, _) =>
                issuer == valid ? issuer : throw new SecurityTokenInvalidIssuerException("another issuer");
        }
    }

    // The object id is unique in its tenant and never given to another; names and addresses are neither.
    private static string? IdOf(ClaimsPrincipal principal)
    {
        var tenant = principal.FindFirstValue("tid") ?? principal.FindFirstValue("http://schemas.microsoft.com/identity/claims/tenantid");
        var person = principal.FindFirstValue("oid") ?? principal.FindFirstValue("http://schemas.microsoft.com/identity/claims/objectidentifier");
        return tenant is null || person is null ? null : $"{tenant}/{person}";
    }

    private static string NameOf(ClaimsPrincipal principal) =>
        principal.FindFirstValue("preferred_username") ?? principal.FindFirstValue("name") ?? principal.FindFirstValue(ClaimTypes.Name) ?? "external";
}
