using Microsoft.AspNetCore.Diagnostics;

namespace Capibara6.Api.Errors;

internal static class ErrorsSetup
{
    public static IServiceCollection AddApiErrors(this IServiceCollection services)
    {
        services.AddProblemDetails();
        services.AddSingleton<ApiExceptionHandler>();
        services.AddSingleton<IExceptionHandler>(provider => provider.GetRequiredService<ApiExceptionHandler>());

        // Outside Development the framework would answer a parameter that doesn't parse itself, without our body.
        services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        return services;
    }

    /// <summary>First in the pipeline: whatever fails behind it gets a body with a code.</summary>
    public static IApplicationBuilder UseApiErrors(this IApplicationBuilder app) => app
        .UseExceptionHandler()
        .UseStatusCodePages(context =>
            new FailureResult(FailureStatus.ToFailure(context.HttpContext.Response.StatusCode)).ExecuteAsync(context.HttpContext));

    /// <summary>Declares the failures that a call can answer with, for the OpenAPI document.</summary>
    public static TBuilder WithFailures<TBuilder>(this TBuilder builder, params ReadOnlySpan<int> statuses)
        where TBuilder : IEndpointConventionBuilder
    {
        foreach (var status in statuses)
        {
            builder.WithMetadata(new ProducesResponseTypeMetadata(status, typeof(Problem), ["application/problem+json"]));
        }

        return builder;
    }
}
