using Capibara6.Api.Errors;
using Capibara6.Core.Identity;
using Capibara6.Core.Identity.SigningKeys;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace Capibara6.Api.Auth;

/// <summary>How others check our tokens.</summary>
internal static class DiscoveryEndpoints
{
    // Well below the time that a key is published before it signs.
    private const string CacheControl = "public, max-age=60";

    public static void MapDiscovery(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/.well-known").WithTags("Access").WithFailures(429, 500, 503).AllowPublic();
        group.MapGet("/openid-configuration", Describe).WithName("getDiscovery");
        group.MapGet("/jwks.json", ListKeysAsync).WithName("getSigningKeys");
    }

    /// <summary>Discover the issuer of our tokens</summary>
    /// <response code="200">Issuer, key set, algorithms.</response>
    internal static Ok<DiscoveryResponse> Describe(IOptions<IdentitySettings> settings, HttpContext context)
    {
        // From configuration, never from the Host header: whoever sends that must not choose where our keys are looked for.
        var issuer = settings.Value.Issuer.TrimEnd('/');
        context.Response.Headers.CacheControl = CacheControl;
        return TypedResults.Ok(new DiscoveryResponse
        {
            Issuer = settings.Value.Issuer,
            JwksUri = $"{issuer}/.well-known/jwks.json",
            TokenEndpoint = $"{issuer}/auth/login",
        });
    }

    /// <summary>Get the keys that our tokens are signed with</summary>
    /// <response code="200">A JSON Web Key Set (RFC 7517).</response>
    internal static async Task<Ok<KeySetResponse>> ListKeysAsync(IVerificationKeys keys, HttpContext context, CancellationToken cancellationToken)
    {
        var published = await keys.ListAsync(cancellationToken);
        context.Response.Headers.CacheControl = CacheControl;
        return TypedResults.Ok(new KeySetResponse([.. published.Select(key => new KeyView { Kid = key.Kid, X = key.X, Y = key.Y })]));
    }
}

/// <summary>OpenID Connect discovery, as far as it applies to tokens of ours.</summary>
internal sealed record DiscoveryResponse
{
    /// <summary>The <c>iss</c> of our tokens.</summary>
    public required string Issuer { get; init; }

    /// <summary>Where the key set is.</summary>
    public required string JwksUri { get; init; }

    /// <summary>Where one logs in.</summary>
    public required string TokenEndpoint { get; init; }

    /// <summary>Tokens only.</summary>
    public IReadOnlyList<string> ResponseTypesSupported { get; init; } = ["token"];

    /// <summary>A subject is the same for everyone.</summary>
    public IReadOnlyList<string> SubjectTypesSupported { get; init; } = ["public"];

    /// <summary>How tokens are signed.</summary>
    public IReadOnlyList<string> IdTokenSigningAlgValuesSupported { get; init; } = ["ES256"];
}

/// <summary>A JSON Web Key Set.</summary>
/// <param name="Keys">The published keys, those included that don't sign yet.</param>
internal sealed record KeySetResponse(IReadOnlyList<KeyView> Keys);

/// <summary>An elliptic-curve public key.</summary>
internal sealed record KeyView
{
    /// <summary>As the token's header names it.</summary>
    public required string Kid { get; init; }

    /// <summary>Key type.</summary>
    public string Kty { get; init; } = "EC";

    /// <summary>Curve.</summary>
    public string Crv { get; init; } = "P-256";

    /// <summary>For signatures.</summary>
    public string Use { get; init; } = "sig";

    /// <summary>Algorithm.</summary>
    public string Alg { get; init; } = "ES256";

    /// <summary>First coordinate, base64url.</summary>
    public required string X { get; init; }

    /// <summary>Second coordinate, base64url.</summary>
    public required string Y { get; init; }
}
