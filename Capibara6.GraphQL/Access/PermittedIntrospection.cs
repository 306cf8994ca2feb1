using Capibara6.Core.Identity;
using GraphQL.Validation;
using GraphQLParser.AST;

namespace Capibara6.GraphQLApi.Access;

/// <summary>
/// Outside Development the schema is told to those who build on it: developers and administrators, who have the permission
/// <see cref="Permissions.Write"/>. <c>__typename</c> is for everybody.
/// </summary>
internal sealed class PermittedIntrospection(IHostEnvironment environment) : ValidationRuleBase
{
    private static readonly INodeVisitor s_visitor = new MatchingNodeVisitor<GraphQLField>((field, context) =>
    {
        if (field.Name.Value == "__schema" || field.Name.Value == "__type")
        {
            context.ReportError(new ForbiddenFieldError(context.Document.Source, field, Permissions.Write));
        }
    });

    public override ValueTask<INodeVisitor?> GetPreNodeVisitorAsync(ValidationContext context) => new(
        environment.IsDevelopment() || RequestUser.Of(context.UserContext).Caller.Permissions.Contains(Permissions.Write) ? null : s_visitor);
}
