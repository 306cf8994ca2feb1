using Capibara6.GraphQLApi.Documents;
using GraphQL.Types;
using GraphQL.Validation;
using GraphQLParser.AST;

namespace Capibara6.GraphQLApi.Access;

/// <summary>The fields that an operation begins with, which are what it does.</summary>
internal static class RootFields
{
    /// <summary>Those that the schema has, also behind fragments. Fields that directives leave out are among them.</summary>
    public static IEnumerable<(GraphQLField Field, FieldType Definition)> Of(ValidationContext context, bool onlyIncluded = false)
    {
        var root = context.Operation.Operation switch
        {
            OperationType.Mutation => context.Schema.Mutation,
            OperationType.Subscription => context.Schema.Subscription,
            _ => context.Schema.Query,
        };
        foreach (var field in FieldsOf(context.Operation.SelectionSet, context, onlyIncluded, new HashSet<string>(StringComparer.Ordinal)))
        {
            if (root?.Fields.Find(field.Name) is { } definition)
            {
                yield return (field, definition);
            }
        }
    }

    // Fragments may name one another in a circle; another rule says so.
    private static IEnumerable<GraphQLField> FieldsOf(GraphQLSelectionSet selections, ValidationContext context, bool onlyIncluded, HashSet<string> seen)
    {
        foreach (var selection in selections.Selections)
        {
            if (onlyIncluded && !context.ShouldIncludeNode(selection))
            {
                continue;
            }

            var inner = selection switch
            {
                GraphQLField field => [field],
                GraphQLInlineFragment inline => FieldsOf(inline.SelectionSet, context, onlyIncluded, seen),
                GraphQLFragmentSpread spread when seen.Add(spread.FragmentName.Name.StringValue)
                    && context.Document.Fragment(spread.FragmentName.Name.Value) is { } fragment =>
                    FieldsOf(fragment.SelectionSet, context, onlyIncluded, seen),
                _ => [],
            };
            foreach (var field in inner)
            {
                yield return field;
            }
        }
    }
}
