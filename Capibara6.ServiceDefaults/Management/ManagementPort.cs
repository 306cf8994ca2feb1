using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Capibara6.ServiceDefaults.Management;

/// <summary>Keeps what is for operators on the port for operators, and everything else off it.</summary>
internal sealed class ManagementPort(IOptions<ManagementOptions> options) : IStartupFilter
{
    private static readonly PathString[] s_managed = [DefaultEndpointsExtensions.MetricsPath, DefaultEndpointsExtensions.DetailedHealthPath];
    private static readonly PathString[] s_everywhere = [DefaultEndpointsExtensions.HealthPath, DefaultEndpointsExtensions.AlivePath];

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        if (options.Value.Port is { } port)
        {
            app.Use((context, following) =>
            {
                if (BelongsHere(context, port))
                {
                    return following(context);
                }

                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return Task.CompletedTask;
            });
        }

        next(app);
    };

    /// <summary>Adds the port to those that the service listens on.</summary>
    /// <exception cref="InvalidOperationException">It is one of them already.</exception>
    public static void Listen(IConfiguration configuration)
    {
        // What is no port is said by the options' validation.
        if (!int.TryParse(configuration[$"{ManagementOptions.SectionName}:{nameof(ManagementOptions.Port)}"], CultureInfo.InvariantCulture, out var port))
        {
            return;
        }

        var addresses = Addresses(configuration);
        if (Array.Exists(addresses, address => BindingAddress.Parse(address).Port == port))
        {
            throw new InvalidOperationException(
                $"{ManagementOptions.SectionName}:{nameof(ManagementOptions.Port)} is {port}, which the service itself listens on; give it another one.");
        }

        configuration[WebHostDefaults.ServerUrlsKey] = string.Join(';', [.. addresses, string.Create(CultureInfo.InvariantCulture, $"http://*:{port}")]);
    }

    private static bool BelongsHere(HttpContext context, int port)
    {
        var isManaged = Array.Exists(s_managed, path => context.Request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase));
        return context.Connection.LocalPort == port
            ? isManaged || Array.Exists(s_everywhere, path => context.Request.Path.Equals(path, StringComparison.OrdinalIgnoreCase))
            : !isManaged;
    }

    /// <summary>Where the service would listen without this port: the settings that ASP.NET Core reads, in its order.</summary>
    private static string[] Addresses(IConfiguration configuration)
    {
        if (Split(configuration[WebHostDefaults.ServerUrlsKey]) is { Length: > 0 } urls)
        {
            return urls;
        }

        string[] ports =
        [
            .. Split(configuration[WebHostDefaults.HttpPortsKey]).Select(port => $"http://*:{port}"),
            .. Split(configuration[WebHostDefaults.HttpsPortsKey]).Select(port => $"https://*:{port}"),
        ];
        return ports.Length > 0 ? ports : ["http://localhost:5000"];
    }

    private static string[] Split(string? list) =>
        (list ?? string.Empty).Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
