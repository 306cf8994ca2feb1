using GraphQL.Validation;
using GraphQLParser.AST;

namespace Capibara6.GraphQLApi.Documents;

/// <summary>
/// Refuses introspection that goes from types to their fields to their types and so on: every turn multiplies the answer, however shallow the
/// document. What tools ask goes through such a list once.
/// </summary>
internal sealed class IntrospectionDepth : ValidationRuleBase
{
    private const int MaxLists = 2;

    private static readonly string[] s_lists = ["fields", "inputFields", "interfaces", "possibleTypes"];

    private static readonly INodeVisitor s_visitor = new MatchingNodeVisitor<GraphQLField>((field, context) =>
    {
        if ((field.Name.Value == "__schema" || field.Name.Value == "__type") && IsTooDeep(field.SelectionSet, context, lists: 0, []))
        {
            context.ReportError(new IntrospectionDepthError(context.Document.Source, field));
        }
    });

    public override ValueTask<INodeVisitor?> GetPreNodeVisitorAsync(ValidationContext context) => new(s_visitor);

    // Fragments may name one another in a circle; another rule says so.
    private static bool IsTooDeep(GraphQLSelectionSet? selections, ValidationContext context, int lists, HashSet<string> open)
    {
        foreach (var selection in selections?.Selections ?? [])
        {
            var isDeep = selection switch
            {
                GraphQLField field => IsList(field) is var isList && (lists + (isList ? 1 : 0) > MaxLists || IsTooDeep(field.SelectionSet, context, lists + (isList ? 1 : 0), open)),
                GraphQLInlineFragment inline => IsTooDeep(inline.SelectionSet, context, lists, open),
                GraphQLFragmentSpread spread => IsTooDeep(spread, context, lists, open),
                _ => false,
            };
            if (isDeep)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsTooDeep(GraphQLFragmentSpread spread, ValidationContext context, int lists, HashSet<string> open)
    {
        var name = spread.FragmentName.Name.StringValue;
        if (!open.Add(name))
        {
            return false;
        }

        var isDeep = IsTooDeep(context.Document.Fragment(spread.FragmentName.Name.Value)?.SelectionSet, context, lists, open);
        open.Remove(name);
        return isDeep;
    }

    private static bool IsList(GraphQLField field) => Array.Exists(s_lists, name => field.Name.Value == name);
}

internal sealed class IntrospectionDepthError(GraphQLParser.ROM source, GraphQLField field)
    : ValidationError(source, null, "Introspection goes from types to their fields, interfaces or members at most twice; ask for types by name.", field);
