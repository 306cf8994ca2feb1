using Microsoft.AspNetCore.Http;

namespace Capibara6.ServiceDefaults.Access;

/// <summary>The group of endpoints that one belongs to, as far as limits go.</summary>
public sealed record LimitGroup(string Policy, bool PerAddress);

/// <summary>
/// Counts the request against its address, its account and key, and its group, and while it runs against the account's
/// concurrency. Tells the client where it stands (draft-ietf-httpapi-ratelimit-headers) and when to come back.
/// </summary>
internal sealed class LimitMiddleware(RequestDelegate next, ILimitGate gate, EmptyAddresses empty, IAccessRefusals refusals)
{
    internal const string IpPolicy = "ip";
    private const string AccountPolicy = "account";
    private const string ApiKeyPolicy = "api_key";
    private const string ConcurrencyName = "concurrency";

    public async Task InvokeAsync(HttpContext context)
    {
        var identity = context.Features.Get<AccessIdentity>();
        var verdict = await gate.EnterAsync(
            Draws(context, identity), identity?.AccountId, LimitOf(identity, ConcurrencyName), context.RequestAborted);
        using (verdict.Lease)
        {
            RateLimitHeaders.Append(context.Response.Headers, verdict.States);
            if (verdict.Allowed)
            {
                await next(context);
                return;
            }

            empty.Note(ClientAddress.Of(context), verdict);
            await refusals.WriteAsync(context, verdict.Code == "concurrency_limited"
                ? new AccessRefusal(
                    StatusCodes.Status429TooManyRequests, verdict.Code, "Too many of this account's requests run at the same time; wait for some to end.", verdict.RetryAfter)
                : AccessRefusal.TooManyRequests(verdict.Code, verdict.RetryAfter));
        }
    }

    private static List<LimitDraw> Draws(HttpContext context, AccessIdentity? identity)
    {
        var address = ClientAddress.Of(context);
        List<LimitDraw> draws = [new(IpPolicy, address, null)];
        if (identity is not null)
        {
            draws.Add(new(AccountPolicy, identity.AccountId, LimitOf(identity, AccountPolicy)));
            if (identity.ApiKeyId is { } key)
            {
                draws.Add(new(ApiKeyPolicy, key, LimitOf(identity, ApiKeyPolicy)));
            }
        }

        if (context.GetEndpoint()?.Metadata.GetMetadata<LimitGroup>() is { } group)
        {
            draws.Add(group.PerAddress || identity is null
                ? new(group.Policy, address, null)
                : new(group.Policy, identity.AccountId, LimitOf(identity, group.Policy)));
        }

        return draws;
    }

    private static int? LimitOf(AccessIdentity? identity, string name) =>
        identity is not null && identity.Limits.TryGetValue(name, out var limit) ? limit : null;
}
