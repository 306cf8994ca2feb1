using Capibara6.Core.Identity;
using GraphQL;
using GraphQL.Builders;
using GraphQL.Types;
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
        var caller = context.UserContext.Caller();
        var root = context.Schema.AllTypes[NameOfRoot(context)] as IObjectGraphType;
        foreach (var field in RootFieldsOf(context.Operation.SelectionSet, context.Document, []))
        {
            if (root?.Fields.Find(field.Name) is { } definition
                && definition.GetMetadata<string?>(FieldPermission.Key) is { } permission
                && !caller.Permissions.Contains(permission))
            {
                context.ReportError(new ForbiddenFieldError(context.Document.Source, field, permission));
            }
        }

        return default;
    }

    private static string NameOfRoot(ValidationContext context) => context.Operation.Operation switch
    {
        OperationType.Mutation => context.Schema.Mutation!.Name,
        OperationType.Subscription => context.Schema.Subscription!.Name,
        _ => context.Schema.Query.Name,
    };

    private static GraphQLFragmentDefinition? FragmentOf(GraphQLDocument document, GraphQLFragmentSpread spread) =>
        document.Definitions.OfType<GraphQLFragmentDefinition>().FirstOrDefault(fragment => fragment.FragmentName.Name == spread.FragmentName.Name);

    // Fragments may name one another in a circle; another rule says so.
    private static IEnumerable<GraphQLField> RootFieldsOf(GraphQLSelectionSet selections, GraphQLDocument document, HashSet<string> seen)
    {
        foreach (var selection in selections.Selections)
        {
            var inner = selection switch
            {
                GraphQLField field => [field],
                GraphQLInlineFragment inline => RootFieldsOf(inline.SelectionSet, document, seen),
                GraphQLFragmentSpread spread when seen.Add(spread.FragmentName.Name.StringValue)
                    && FragmentOf(document, spread) is { } fragment => RootFieldsOf(fragment.SelectionSet, document, seen),
                _ => [],
            };
            foreach (var field in inner)
            {
                yield return field;
            }
        }
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
