using System.Net;
using Capibara6.ServiceDefaults.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.Identity.Web;

namespace Microsoft.Extensions.Hosting;

/// <summary>
/// The front door, the same for every service that lets somebody in. The host binds <see cref="ICredentialGate"/>,
/// <see cref="ILimitGate"/> and <see cref="IAccessRefusals"/> to the product.
/// </summary>
public static class AccessExtensions
{
    /// <param name="surfacePermission">What a caller needs for anything here: <c>api_access</c> or <c>graphql_access</c>.</param>
    public static TBuilder AddAccess<TBuilder>(this TBuilder builder, string surfacePermission)
        where TBuilder : IHostApplicationBuilder
    {
        ArgumentNullException.ThrowIfNull(builder);
        var services = builder.Services;
        services.AddOptions<AccessOptions>().BindConfiguration(AccessOptions.SectionName)
            .Configure(options => options.SurfacePermission = surfacePermission).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AccessOptions>, AccessOptionsValidator>());
        services.TryAddSingleton<OutsideTokens>();
        services.TryAddSingleton<EmptyAddresses>();
        services.TryAddSingleton<LocalCallers>();
        var authentication = services.AddAuthentication(AccessAuthenticationHandler.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, AccessAuthenticationHandler>(AccessAuthenticationHandler.SchemeName, _ => { });
        AddEntraId(authentication, builder.Configuration);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IAuthorizationHandler, PermissionHandler>());

        // Whatever says nothing about itself needs an identity: forgetting a policy never opens a door.
        services.AddAuthorizationBuilder().SetFallbackPolicy(
            new AuthorizationPolicyBuilder(AccessAuthenticationHandler.SchemeName)
                .RequireAuthenticatedUser().AddRequirements(new PermissionRequirement(null)).Build());
        services.PostConfigure<ForwardedHeadersOptions>(options => options.ForwardedHeaders = ForwardedHeaders.None);
        services.AddCors();
        services.AddOptions<CorsOptions>().Configure<IOptions<AccessOptions>>(Share);
        return builder;
    }

    /// <summary>Outermost: who really asks, and what browsers must not do. Before anything that answers.</summary>
    public static WebApplication UseFrontDoor(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        if (Believed(app.Services.GetRequiredService<IOptions<AccessOptions>>().Value) is { } headers)
        {
            app.UseForwardedHeaders(headers);
        }

        app.UseMiddleware<SecurityHeadersMiddleware>();
        return app;
    }

    /// <summary>
    /// Identity, limits, permission, in this order: limits know the account. An address that is known to have nothing left is refused before,
    /// so that a flood of bad credentials costs no look-up.
    /// </summary>
    public static WebApplication UseAccess(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.UseCors();
        app.UseMiddleware<EmptyAddressMiddleware>();
        app.UseAuthentication();
        app.UseMiddleware<LimitMiddleware>();
        app.UseAuthorization();
        return app;
    }

    private static void AddEntraId(AuthenticationBuilder authentication, IConfiguration configuration)
    {
        var section = configuration.GetSection(OutsideTokens.SectionName);
        if (section.Exists())
        {
            authentication.AddMicrosoftIdentityWebApi(
                configuration, OutsideTokens.SectionName, OutsideTokens.SchemeName, subscribeToJwtBearerMiddlewareDiagnosticsEvents: false);
            authentication.Services.Configure<JwtBearerOptions>(OutsideTokens.SchemeName, options => OutsideTokens.Override(options, section));
        }
    }

    // Options of our own, not the host's: ASPNETCORE_FORWARDEDHEADERS_ENABLED, which every published service has, adds a
    // middleware of its own that reads those, and a header read twice is one entry too many believed.
    private static ForwardedHeadersOptions? Believed(AccessOptions access)
    {
        if (access.KnownProxies.Count + access.KnownNetworks.Count == 0)
        {
            return null;
        }

        var headers = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = access.ForwardLimit,
        };
        headers.KnownProxies.Clear();
        headers.KnownIPNetworks.Clear();
        foreach (var proxy in access.KnownProxies)
        {
            headers.KnownProxies.Add(IPAddress.Parse(proxy));
        }

        foreach (var network in AccessOptions.Networks(access.KnownNetworks))
        {
            headers.KnownIPNetworks.Add(System.Net.IPNetwork.Parse(network));
        }

        return headers;
    }

    private static void Share(CorsOptions cors, IOptions<AccessOptions> access)
    {
        if (access.Value.CorsOrigins.Count > 0)
        {
            cors.AddDefaultPolicy(policy => policy
                .WithOrigins([.. access.Value.CorsOrigins])
                .AllowAnyMethod()
                .WithHeaders("Authorization", "Content-Type", AccessAuthenticationHandler.ApiKeyHeader)
                .WithExposedHeaders("RateLimit", "RateLimit-Policy", "Retry-After", "Location")
                .SetPreflightMaxAge(TimeSpan.FromHours(1)));
        }
        else
        {
            // No header is sent: browsers keep other origins out by themselves.
            cors.AddDefaultPolicy(_ => { });
        }
    }
}
