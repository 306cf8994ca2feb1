using GraphQLParser;
using GraphQLParser.AST;

namespace Capibara6.GraphQLApi.Documents;

internal static class FragmentSearch
{
    /// <summary>The first fragment of that name; null when there is none.</summary>
    public static GraphQLFragmentDefinition? Fragment(this GraphQLDocument document, ROM name)
    {
        foreach (var definition in document.Definitions)
        {
            if (definition is GraphQLFragmentDefinition fragment && fragment.FragmentName.Name.Value == name)
            {
                return fragment;
            }
        }

        return null;
    }
}
