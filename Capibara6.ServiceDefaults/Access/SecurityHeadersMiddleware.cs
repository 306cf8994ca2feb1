using Microsoft.AspNetCore.Http;

namespace Capibara6.ServiceDefaults.Access;

/// <summary>Tells browsers what they must not do with our answers. What an endpoint has set itself stays.</summary>
internal sealed class SecurityHeadersMiddleware(RequestDelegate next)
{
    private const string DataPolicy = "default-src 'none'; frame-ancestors 'none'";

    // The two pages that we serve (the API's reference, GraphiQL) bring their scripts along.
    private const string PagePolicy =
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
        + "font-src 'self' data:; worker-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(static state => Apply((HttpContext)state), context);
        return next(context);
    }

    private static Task Apply(HttpContext context)
    {
        var headers = context.Response.Headers;
        var isPage = context.Response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) == true;
        headers.TryAdd("X-Content-Type-Options", "nosniff");
        headers.TryAdd("X-Frame-Options", "DENY");
        headers.TryAdd("Referrer-Policy", "no-referrer");
        headers.TryAdd("Cross-Origin-Resource-Policy", "same-origin");
        headers.TryAdd("Content-Security-Policy", isPage ? PagePolicy : DataPolicy);
        if (context.Request.IsHttps)
        {
            headers.TryAdd("Strict-Transport-Security", "max-age=31536000");
        }

        if (context.Features.Get<AccessIdentity>() is not null)
        {
            // An answer to one caller is not for a shared cache.
            headers.TryAdd("Cache-Control", "no-store");
        }

        return Task.CompletedTask;
    }
}
