using Capibara6.Core.Identity;
using Capibara6.ServiceDefaults.Access;

namespace Capibara6.Api.Access;

internal static class AccessSetup
{
    /// <summary>The front door, log-in, and the key ring that signs tokens.</summary>
    public static WebApplicationBuilder AddApiAccess(this WebApplicationBuilder builder)
    {
        builder.AddAccess(Permissions.ApiAccess);
        CoreAccess.Bind(builder.Services);
        builder.Services.AddSingleton<IAccessRefusals, ApiRefusals>();
        builder.Services.AddTokenIssuing();
        builder.Services.AddKeyRing(builder.Configuration);
        return builder;
    }
}
