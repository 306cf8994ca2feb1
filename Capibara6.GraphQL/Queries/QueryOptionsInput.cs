using Capibara6.Core.Queries;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Queries;

/// <summary>What is done with an answer.</summary>
internal sealed class QueryOptionsInput
{
    public CodeExecution? Execute { get; set; }
}

internal sealed class QueryOptionsInputType : InputObjectGraphType<QueryOptionsInput>
{
    public QueryOptionsInputType()
    {
        Name = "QueryOptionsInput";
        Description = "What is done with an answer.";
        Field<CodeExecutionType>("execute").Description("Whether code of the answer is run in the sandbox; NEVER when left out.");
    }
}

internal sealed class CodeExecutionType : EnumerationGraphType<CodeExecution>
{
    public CodeExecutionType()
    {
        Name = "CodeExecution";
        Description = "Whether code of an answer is run. Code that fails goes back to the model with its error, at most twice; each of those calls is charged.";
        Values.FindByValue(CodeExecution.Never)!.Description = "It is left as text.";
        Values.FindByValue(CodeExecution.Auto)!.Description = "Code that names its language is run where a sandbox can; where none can, the answer comes without.";
        Values.FindByValue(CodeExecution.Always)!.Description = "Code that names no language is run too, as far as it can be guessed; where no sandbox can, the query fails.";
    }
}
