using Capibara6.Core.Identity.ApiKeys;
using Capibara6.GraphQLApi.Access;
using Capibara6.GraphQLApi.Pages;
using GraphQL.MicrosoftDI;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Accounts;

internal static class AccountFields
{
    public static void AddAccounts(this ObjectGraphType query)
    {
        query.Field<NonNullGraphType<AccountType>>("me")
            .Description("Who you are.")
            .Resolve(context => context.User());
        query.Field<NonNullGraphType<ConnectionType<ApiKeyType>>>("apiKeys")
            .Description("Your keys (an administrator's: everybody's), newest first.")
            .Paged(ApiKeyFields.DefaultPage, ApiKeyFields.MaxPage)
            .ResolveAsync(ApiKeyFields.ListAsync);
    }

    public static void AddAccountChanges(this ObjectGraphType mutation)
    {
        mutation.Field<NewApiKeyType>("createApiKey")
            .Description("Makes a key for your account. Needs a token: a key can't make keys.")
            .Argument<NonNullGraphType<CreateApiKeyInputType>>("input", "The key.")
            .Resolve()
            .WithScope()
            .WithService<IApiKeys>()
            .ResolveAsync(ApiKeyFields.CreateAsync);
        mutation.Field<ApiKeyType>("revokeApiKey")
            .Description("Ends a key at once. Ending it twice is no mistake.")
            .Argument<NonNullGraphType<IdGraphType>>("id", "Id of the key, not its secret.")
            .Resolve()
            .WithScope()
            .WithService<IApiKeys>()
            .ResolveAsync(ApiKeyFields.RevokeAsync);
    }
}
