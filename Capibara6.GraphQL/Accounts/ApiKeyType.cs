using Capibara6.Core.Identity.ApiKeys;
using Capibara6.GraphQLApi.Schema;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Accounts;

internal sealed class ApiKeyType : ObjectGraphType<ApiKeyView>
{
    public ApiKeyType()
    {
        Name = "ApiKey";
        Description = "A key that acts for an account, without its secret.";
        Interface<NodeType>();
        Field<NonNullGraphType<IdGraphType>>("id").Description("UUIDv7 of the key; not a secret.").Resolve(context => context.Source.Id);
        Field<NonNullGraphType<UuidType>>("ownerId").Description("The account that it acts for.").Resolve(context => context.Source.AccountId);
        Field<NonNullGraphType<StringGraphType>>("name").Description("The owner's name for it.").Resolve(context => context.Source.Name);
        Field<NonNullGraphType<StringGraphType>>("hint").Description("The key's first characters.").Resolve(context => context.Source.Hint);
        Field<NonNullGraphType<ListGraphType<NonNullGraphType<StringGraphType>>>>("permissions")
            .Description("What it may do, as far as its owner still may.").Resolve(context => context.Source.Permissions);
        Field<NonNullGraphType<MomentType>>("createdAt").Description("When it was made, in UTC.").Resolve(context => context.Source.CreatedAt);
        Field<MomentType>("expiresAt").Description("When it stops counting, in UTC; null for never.").Resolve(context => context.Source.ExpiresAt);
        Field<MomentType>("lastUsedAt")
            .Description("When it was last used, in UTC, up to half a minute late; null for never.").Resolve(context => context.Source.LastUsedAt);
        Field<MomentType>("revokedAt").Description("When it was revoked, in UTC; null while it counts.").Resolve(context => context.Source.RevokedAt);
    }
}

internal sealed class NewApiKeyType : ObjectGraphType<NewApiKey>
{
    public NewApiKeyType()
    {
        Name = "NewApiKey";
        Description = "A key that was just made.";
        Field<NonNullGraphType<StringGraphType>>("key")
            .Description("The secret: shown here and never again. Send it as Authorization: Bearer.").Resolve(context => context.Source.Key);
        Field<NonNullGraphType<ApiKeyType>>("apiKey").Description("What is kept of it.").Resolve(context => context.Source.View);
    }
}
