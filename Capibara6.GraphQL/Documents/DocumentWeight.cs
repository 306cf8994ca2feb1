using GraphQLParser.AST;

namespace Capibara6.GraphQLApi.Documents;

/// <summary>
/// How much a document asks for when its fragments are spread out, counted without spreading them out: each fragment is
/// counted once, however often it is used. Twenty fragments that each use the next one twice are a million fields.
/// </summary>
internal sealed class DocumentWeight
{
    // Sums stop here, so that they can't overflow.
    private const int Ceiling = 1_000_000;

    private readonly Dictionary<string, GraphQLFragmentDefinition> _fragments = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Sums> _counted = new(StringComparer.Ordinal);

    private DocumentWeight(GraphQLDocument document)
    {
        foreach (var definition in document.Definitions)
        {
            if (definition is GraphQLFragmentDefinition fragment)
            {
                _fragments.TryAdd(fragment.FragmentName.Name.StringValue, fragment);
            }
        }
    }

    /// <summary>What the heaviest definition of the document weighs: fragments that nothing uses are validated, too.</summary>
    public static Sums Of(GraphQLDocument document)
    {
        var weight = new DocumentWeight(document);
        var heaviest = default(Sums);
        foreach (var definition in document.Definitions)
        {
            heaviest = definition switch
            {
                GraphQLOperationDefinition operation => heaviest.Or(weight.SumOf(operation.SelectionSet) + Directives(operation.Directives)),
                GraphQLFragmentDefinition fragment => heaviest.Or(weight.SumOf(fragment)),
                _ => heaviest,
            };
        }

        return heaviest;
    }

    private Sums SumOf(GraphQLSelectionSet? selections)
    {
        var sums = default(Sums);
        foreach (var selection in selections?.Selections ?? [])
        {
            sums += selection switch
            {
                GraphQLField field => new Sums(1, field.Alias is null ? 0 : 1, 0) + Directives(field.Directives) + SumOf(field.SelectionSet),
                GraphQLInlineFragment inline => new Sums(1, 0, 0) + Directives(inline.Directives) + SumOf(inline.SelectionSet),
                GraphQLFragmentSpread spread => new Sums(1, 0, 0) + Directives(spread.Directives)
                    + (_fragments.TryGetValue(spread.FragmentName.Name.StringValue, out var fragment) ? SumOf(fragment) : default),
                _ => default,
            };
        }

        return sums;
    }

    private Sums SumOf(GraphQLFragmentDefinition fragment)
    {
        var name = fragment.FragmentName.Name.StringValue;
        if (!_counted.TryGetValue(name, out var sums))
        {
            // A circle counts as nothing here; validation refuses it by its name.
            _counted[name] = default;
            _counted[name] = sums = SumOf(fragment.SelectionSet) + Directives(fragment.Directives);
        }

        return sums;
    }

    private static Sums Directives(GraphQLDirectives? directives) => new(0, 0, directives?.Count ?? 0);

    /// <param name="Selections">Fields and uses of fragments.</param>
    /// <param name="Aliases">Fields under another name.</param>
    /// <param name="Directives">Such as <c>@include</c>.</param>
    internal readonly record struct Sums(int Selections, int Aliases, int Directives)
    {
        public static Sums operator +(Sums one, Sums other) => new(
            Math.Min(Ceiling, one.Selections + other.Selections),
            Math.Min(Ceiling, one.Aliases + other.Aliases),
            Math.Min(Ceiling, one.Directives + other.Directives));

        public Sums Or(Sums other) => new(
            Math.Max(Selections, other.Selections), Math.Max(Aliases, other.Aliases), Math.Max(Directives, other.Directives));
    }
}
