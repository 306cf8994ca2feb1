using Capibara6.Core.Queries;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Queries;

internal sealed class E2bResultType : ObjectGraphType<E2bResult>
{
    public E2bResultType()
    {
        Name = "E2BResult";
        Description = "The run of an answer's code in the sandbox.";
        Field<NonNullGraphType<BooleanGraphType>>("executionSuccess")
            .Description("Whether the code ran to its end without an error.").Resolve(context => context.Source.ExecutionSuccess);
        Field<NonNullGraphType<StringGraphType>>("output").Description("What it printed.").Resolve(context => context.Source.Output);
        Field<StringGraphType>("error").Description("What went wrong; null when nothing did.").Resolve(context => context.Source.Error);
        Field<NonNullGraphType<FloatGraphType>>("executionTimeMs")
            .Description("How long it ran, in milliseconds.").Resolve(context => context.Source.ExecutionTimeMs);
        Field<NonNullGraphType<StringGraphType>>("language").Description("The code's language.").Resolve(context => context.Source.Language);
        Field<NonNullGraphType<IntGraphType>>("attempts").Description("How many rounds it took, 1 to 3.").Resolve(context => context.Source.Attempts);
    }
}
