using Capibara6.Core.Identity.ApiKeys;
using Capibara6.Core.Usage;
using Capibara6.GraphQLApi.Schema;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Accounts;

internal sealed class CreateApiKeyInput
{
    public string Name { get; set; } = "";
    public IReadOnlyList<string>? Permissions { get; set; }
    public DateTimeOffset? ExpiresAt { get; set; }
    public BudgetInput? Budget { get; set; }

    public ApiKeyDraft ToDraft() => new(Name, Permissions, ExpiresAt, Budget?.ToLimits());
}

internal sealed class BudgetInput
{
    public long? TokensPerDay { get; set; }
    public long? TokensPerMonth { get; set; }
    public decimal? CostUsdPerDay { get; set; }
    public decimal? CostUsdPerMonth { get; set; }

    public BudgetLimits ToLimits() => new()
    {
        TokensPerDay = TokensPerDay,
        TokensPerMonth = TokensPerMonth,
        CostPerDay = CostUsdPerDay,
        CostPerMonth = CostUsdPerMonth,
    };
}

internal sealed class CreateApiKeyInputType : InputObjectGraphType<CreateApiKeyInput>
{
    public CreateApiKeyInputType()
    {
        Name = "CreateApiKeyInput";
        Description = "A key to be made for your account.";
        Field<NonNullGraphType<StringGraphType>>("name").Description("Your own name for it: 1 to 100 characters.");
        Field<ListGraphType<NonNullGraphType<StringGraphType>>>("permissions").Description("No wider than yours; left out for all of yours but admin.");
        Field<MomentType>("expiresAt").Description("In the future; left out for a key that doesn't expire.");
        Field<BudgetInputType>("budget").Description("The key's own budget, within yours.");
    }
}

internal sealed class BudgetInputType : InputObjectGraphType<BudgetInput>
{
    public BudgetInputType()
    {
        Name = "BudgetInput";
        Description = "What may be used; what is left out is not limited. Days and months are UTC.";
        Field<CountType>("tokensPerDay").Description("Tokens in a day.");
        Field<CountType>("tokensPerMonth").Description("Tokens in a month.");
        Field<MoneyType>("costUsdPerDay").Description("US dollars in a day.");
        Field<MoneyType>("costUsdPerMonth").Description("US dollars in a month.");
    }
}
