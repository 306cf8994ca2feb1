using Capibara6.Core.Identity;
using GraphQL;
using GraphQL.Builders;
using GraphQL.Validation;
using GraphQLParser.AST;

namespace Capibara6.GraphQLApi.Access;

/// <summary>
/// Refuses an operation when its caller lacks the permission of one of its root fields. The whole of it is refused before
/// anything runs, so that nothing is half-done.
/// </summary>
internal sealed class PermittedFields : ValidationRuleBase
{
    public override ValueTask<INodeVisitor?> GetPreNodeVisitorAsync(ValidationContext context)
    {
        var caller = RequestUser.Of(context.UserContext).Caller;
        foreach (var (field, definition) in RootFields.Of(context))
        {
            if (definition.GetMetadata<string?>(FieldPermission.Key) is { } permission
                && !caller.Permissions.Contains(permission))
            {
                context.ReportError(new ForbiddenFieldError(context.Document.Source, field, permission));
            }
        }

        return default;
    }
}

internal sealed class ForbiddenFieldError(GraphQLParser.ROM source, GraphQLField field, string permission)
    : ValidationError(source, null, $"'{field.Name}' needs the permission '{permission}'.", field);

internal static class FieldPermission
{
    public const string Key = "permission";

    /// <summary>States the permission (<see cref="Permissions"/>) that a root field needs.</summary>
    public static FieldBuilder<TSource, TReturn> RequirePermission<TSource, TReturn>(this FieldBuilder<TSource, TReturn> field, string permission) =>
        field.WithMetadata(Key, permission);
}
