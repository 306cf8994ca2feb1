using Capibara6.Core;
using Capibara6.Core.Identity.ApiKeys;
using Capibara6.GraphQLApi.Access;
using Capibara6.GraphQLApi.Errors;
using Capibara6.GraphQLApi.Pages;
using GraphQL;

namespace Capibara6.GraphQLApi.Accounts;

/// <summary>The keys of an account. Who may do what with them is Core's to decide, for every edge alike.</summary>
internal static class ApiKeyFields
{
    public const int DefaultPage = 20;
    public const int MaxPage = 100;

    public static async Task<object?> ListAsync(IResolveFieldContext context)
    {
        var first = context.ReadFirst(DefaultPage, MaxPage);
        var after = context.ReadAfter<Guid>();
        var (caller, services) = (context.Caller(), context.RequestServices!);
        var found = await ReadAsync(after, first, context.CancellationToken);
        return new Page([.. found.Select(key => new PageItem(key, Cursor.Of(key.Id)))], HasNextAsync, after is not null);

        async Task<bool> HasNextAsync(CancellationToken token) => found.Count == first && (await ReadAsync(found[^1].Id, 1, token)).Count > 0;

        // Fields run side by side; what they read with serves one at a time.
        async Task<IReadOnlyList<ApiKeyView>> ReadAsync(Guid? last, int count, CancellationToken token)
        {
            await using var scope = services.CreateAsyncScope();
            return await scope.ServiceProvider.GetRequiredService<IApiKeys>().ListAsync(caller, last, count, token);
        }
    }

    public static async Task<object?> CreateAsync(IResolveFieldContext context, IApiKeys keys)
    {
        var draft = context.GetArgument<CreateApiKeyInput>("input").ToDraft();
        return (await keys.CreateAsync(context.Caller(), draft, context.User().Origin, context.CancellationToken)).ValueOrError("input");
    }

    public static async Task<object?> RevokeAsync(IResolveFieldContext context, IApiKeys keys)
    {
        var outcome = Guid.TryParseExact(context.GetArgument<string>("id"), "D", out var id)
            ? await keys.RevokeAsync(context.Caller(), id, context.User().Origin, context.CancellationToken)
            : new Failure(FailureCodes.ApiKeyNotFound, FailureKind.NotFound, "There is no such API key.") { Field = "id" };
        return outcome.ValueOrError();
    }
}
