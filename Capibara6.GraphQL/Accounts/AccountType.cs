using Capibara6.Core.Usage;
using Capibara6.GraphQLApi.Access;
using Capibara6.GraphQLApi.Pages;
using Capibara6.GraphQLApi.Schema;
using GraphQL.MicrosoftDI;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Accounts;

/// <summary>The caller's own account.</summary>
internal sealed class AccountType : ObjectGraphType<RequestUser>
{
    public AccountType()
    {
        Name = "Account";
        Description = "Your account, as far as the credential that you used may act for it.";
        Interface<NodeType>();
        Field<NonNullGraphType<IdGraphType>>("id").Description("UUIDv7 of the account.").Resolve(context => context.Source.Caller.AccountId);
        Field<NonNullGraphType<StringGraphType>>("username").Description("Its name.").Resolve(context => context.Source.Caller.Name);
        Field<NonNullGraphType<ListGraphType<NonNullGraphType<StringGraphType>>>>("roles")
            .Description("Its roles: admin, developer, user, readonly.").Resolve(context => context.Source.Roles);
        Field<NonNullGraphType<ListGraphType<NonNullGraphType<StringGraphType>>>>("permissions")
            .Description("What this credential may do: read, write, execute, admin, api_access, graphql_access.")
            .Resolve(context => context.Source.Caller.Permissions.Order(StringComparer.Ordinal));
        Field<UuidType>("apiKeyId").Description("The key that was used; null for a token.").Resolve(context => context.Source.Caller.ApiKeyId);
        Field<NonNullGraphType<ListGraphType<NonNullGraphType<BudgetType>>>>("budgets")
            .Description("What is used in a day and a month by your account and by the key, and how much may be.")
            .Resolve()
            .WithScope()
            .WithService<IBudgets>()
            .ResolveAsync(static async (context, budgets) => await budgets.ReadAsync(context.Source.Caller, context.CancellationToken));
        Field<NonNullGraphType<ConnectionType<ApiKeyType>>>("apiKeys")
            .Description("Your keys (an administrator's: everybody's), newest first.")
            .Paged(ApiKeyFields.DefaultPage, ApiKeyFields.MaxPage)
            .ResolveAsync(ApiKeyFields.ListAsync);
    }
}

internal sealed class BudgetType : ObjectGraphType<BudgetStatus>
{
    public BudgetType()
    {
        Name = "Budget";
        Description = "What may be used in a period, and what is.";
        Field<NonNullGraphType<StringGraphType>>("subject").Description("Whose: account or api_key.").Resolve(context => context.Source.Subject);
        Field<NonNullGraphType<StringGraphType>>("period").Description("In which: day or month, UTC.").Resolve(context => context.Source.Period);
        Field<NonNullGraphType<MomentType>>("resetsAt").Description("When the period ends, in UTC.").Resolve(context => context.Source.ResetsAt);
        Field<CountType>("tokenLimit").Description("Tokens, at most; null for no limit.").Resolve(context => context.Source.TokenLimit);
        Field<NonNullGraphType<CountType>>("tokensUsed").Description("Tokens so far.").Resolve(context => context.Source.TokensSpent);
        Field<NonNullGraphType<CountType>>("tokensReserved")
            .Description("Tokens held by calls on their way.").Resolve(context => context.Source.TokensReserved);
        Field<MoneyType>("costLimitUsd").Description("US dollars, at most; null for no limit.").Resolve(context => context.Source.CostLimit);
        Field<NonNullGraphType<MoneyType>>("costUsedUsd").Description("US dollars so far.").Resolve(context => context.Source.CostSpent);
        Field<NonNullGraphType<MoneyType>>("costReservedUsd")
            .Description("US dollars held by calls on their way.").Resolve(context => context.Source.CostReserved);
    }
}
