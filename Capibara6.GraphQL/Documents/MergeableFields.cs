using System.Runtime.InteropServices;
using GraphQL;
using GraphQL.Types;
using GraphQL.Validation;
using GraphQLParser.AST;

namespace Capibara6.GraphQLApi.Documents;

/// <summary>
/// Fields that come out under one name must be one field (GraphQL §5.3.2). The engine's own rule compares them pair by pair;
/// this one compares each with the first of its name, so that its time grows with the document, and stops at the first
/// conflict. It counts on what other rules refuse: circles of fragments, fields and fragments that aren't there.
/// </summary>
internal sealed class MergeableFields : ValidationRuleBase
{
    public override ValueTask<INodeVisitor?> GetPostNodeVisitorAsync(ValidationContext context)
    {
        if (!context.HasErrors)
        {
            var root = context.Operation.Operation switch
            {
                OperationType.Mutation => context.Schema.Mutation,
                OperationType.Subscription => context.Schema.Subscription,
                _ => context.Schema.Query,
            };
            var check = new Check(context);
            check.Agree([(context.Operation.SelectionSet, root)], Aspect.Shape);
            check.Agree([(context.Operation.SelectionSet, root)], Aspect.Identity);
        }

        return default;
    }

    private enum Aspect
    {
        /// <summary>All of a name have the same shape, whatever object they are of.</summary>
        Shape,

        /// <summary>Those that can be of one object are the same field with the same arguments.</summary>
        Identity,
    }

    private sealed record Use(GraphQLField Field, IGraphType? Parent, FieldType? Definition);

    private sealed class Check(ValidationContext context)
    {
        public void Agree(IEnumerable<(GraphQLSelectionSet? Set, IGraphType? Parent)> sets, Aspect aspect)
        {
            var names = new Dictionary<string, List<Use>>(StringComparer.Ordinal);
            var spread = new HashSet<string>(StringComparer.Ordinal);
            foreach (var (set, parent) in sets)
            {
                Collect(set, parent, names, spread);
            }

            foreach (var (name, uses) in names)
            {
                foreach (var group in aspect == Aspect.Shape ? [uses] : OfOneObject(uses))
                {
                    if (context.HasErrors)
                    {
                        return;
                    }

                    AgreeOn(name, group, aspect);
                }
            }
        }

        private void AgreeOn(string name, List<Use> uses, Aspect aspect)
        {
            var first = uses[0];
            foreach (var other in CollectionsMarshal.AsSpan(uses)[1..])
            {
                var agree = aspect == Aspect.Shape
                    ? SameShape(first.Definition?.ResolvedType, other.Definition?.ResolvedType)
                    : first.Field.Name.Value == other.Field.Name.Value && SameArguments(first.Field, other.Field);
                if (!agree)
                {
                    context.ReportError(new MergeConflictError(context.Document.Source, name, first.Field, other.Field));
                    return;
                }
            }

            Agree(uses.Select(use => (use.Field.SelectionSet, use.Definition?.ResolvedType?.GetNamedType())), aspect);
        }

        // A fragment is collected once for a level, and once more for each type that it comes under.
        private void Collect(GraphQLSelectionSet? set, IGraphType? parent, Dictionary<string, List<Use>> names, HashSet<string> spread)
        {
            foreach (var selection in set?.Selections ?? [])
            {
                switch (selection)
                {
                    case GraphQLField field:
                        var name = (field.Alias?.Name ?? field.Name).StringValue;
                        (CollectionsMarshal.GetValueRefOrAddDefault(names, name, out _) ??= []).Add(new Use(field, parent, DefinitionOf(field, parent)));
                        break;
                    case GraphQLInlineFragment inline:
                        Collect(inline.SelectionSet, TypeOf(inline.TypeCondition) ?? parent, names, spread);
                        break;
                    case GraphQLFragmentSpread use when spread.Add(use.FragmentName.Name.StringValue)
                        && context.Document.Fragment(use.FragmentName.Name.Value) is { } fragment:
                        Collect(fragment.SelectionSet, TypeOf(fragment.TypeCondition), names, spread);
                        break;
                }
            }
        }

        private IGraphType? TypeOf(GraphQLTypeCondition? condition) => condition is null ? null : context.Schema.AllTypes[condition.Type.Name.Value];

        private FieldType? DefinitionOf(GraphQLField field, IGraphType? parent) => field.Name.StringValue switch
        {
            "__typename" => context.Schema.TypeNameMetaFieldType,
            "__schema" => context.Schema.SchemaMetaFieldType,
            "__type" => context.Schema.TypeMetaFieldType,
            _ => (parent as IComplexGraphType)?.GetField(field.Name.Value),
        };

        // Fields of two object types never meet in one object; those of an interface may meet with any.
        private static IEnumerable<List<Use>> OfOneObject(List<Use> uses)
        {
            var anywhere = uses.FindAll(use => use.Parent is not IObjectGraphType);
            var objects = uses.Where(use => use.Parent is IObjectGraphType).GroupBy(use => use.Parent).ToList();
            return objects.Count == 0 ? [anywhere] : objects.Select(uses => uses.Concat(anywhere).ToList());
        }

        private static bool SameShape(IGraphType? one, IGraphType? other) => (one, other) switch
        {
            (NonNullGraphType first, NonNullGraphType second) => SameShape(first.ResolvedType, second.ResolvedType),
            (ListGraphType first, ListGraphType second) => SameShape(first.ResolvedType, second.ResolvedType),
            (NonNullGraphType or ListGraphType, _) or (_, NonNullGraphType or ListGraphType) => false,
            (ScalarGraphType, _) or (_, ScalarGraphType) => one == other,
            _ => true,
        };

        private static bool SameArguments(GraphQLField one, GraphQLField other)
        {
            var (first, second) = (one.Arguments?.Items ?? [], other.Arguments?.Items ?? []);
            return first.Count == second.Count && first.TrueForAll(argument =>
                second.Find(candidate => candidate.Name.Value == argument.Name.Value) is { } same && SameValue(argument.Value, same.Value));
        }

        private static bool SameValue(GraphQLValue one, GraphQLValue other) => (one, other) switch
        {
            (GraphQLListValue first, GraphQLListValue second) => (first.Values ?? []).Count == (second.Values ?? []).Count
                && (first.Values ?? []).Zip(second.Values ?? []).All(pair => SameValue(pair.First, pair.Second)),
            (GraphQLObjectValue first, GraphQLObjectValue second) => (first.Fields ?? []).Count == (second.Fields ?? []).Count
                && (first.Fields ?? []).Zip(second.Fields ?? []).All(pair =>
                    pair.First.Name.Value == pair.Second.Name.Value && SameValue(pair.First.Value, pair.Second.Value)),
            (GraphQLVariable first, GraphQLVariable second) => first.Name.Value == second.Name.Value,
            (GraphQLEnumValue first, GraphQLEnumValue second) => first.Name.Value == second.Name.Value,
            (IHasValueNode first, IHasValueNode second) => one.Kind == other.Kind && first.Value == second.Value,
            _ => one.Kind == other.Kind,
        };
    }
}

internal sealed class MergeConflictError : ValidationError
{
    public MergeConflictError(GraphQLParser.ROM source, string name, GraphQLField one, GraphQLField other)
        : base(source, "5.3.2", $"Fields conflict under the name '{name}': they differ in field, arguments or type. Use different aliases.", one, other) =>
        Code = "OVERLAPPING_FIELDS_CAN_BE_MERGED";
}
