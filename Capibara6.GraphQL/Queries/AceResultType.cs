using Capibara6.Core.Queries;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Queries;

internal sealed class AceResultType : ObjectGraphType<AceResult>
{
    public AceResultType()
    {
        Name = "ACEResult";
        Description = "What context enrichment (agentic context engineering) added.";
        Field<NonNullGraphType<StringGraphType>>("enhancedContext")
            .Description("The context that was added; empty when none was.").Resolve(context => context.Source.EnhancedContext);
        Field<NonNullGraphType<FloatGraphType>>("awarenessScore")
            .Description("How well the playbook covers the question, from 0 to 1.").Resolve(context => context.Source.AwarenessScore);
        Field<StringGraphType>("playbookUsed")
            .Description("Name of the playbook; null when none applied.").Resolve(context => context.Source.PlaybookUsed);
    }
}
