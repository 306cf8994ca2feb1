using GraphQL.Execution;
using GraphQL.Validation;
using GraphQLParser.AST;

namespace Capibara6.GraphQLApi.Documents;

/// <summary>Ends the validation of a document that has shown enough mistakes.</summary>
internal sealed class FirstMistakes(int max) : ValidationRuleBase, INodeVisitor
{
    public override ValueTask<INodeVisitor?> GetPreNodeVisitorAsync(ValidationContext context) => new(this);

    public ValueTask EnterAsync(ASTNode node, ValidationContext context) =>
        context.HasErrors && context.Errors.Count() >= max ? throw new ManyMistakesError(context.Errors) : default;

    public ValueTask LeaveAsync(ASTNode node, ValidationContext context) => default;
}

/// <summary>Stands for the mistakes that were found before validation was ended.</summary>
internal sealed class ManyMistakesError(IEnumerable<ValidationError> mistakes) : DocumentError("The document has many mistakes.")
{
    public IReadOnlyList<ValidationError> Mistakes { get; } = [.. mistakes];
}
