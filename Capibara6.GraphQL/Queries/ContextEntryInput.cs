using Capibara6.Core;
using Capibara6.GraphQLApi.Errors;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Queries;

/// <summary>An entry of the map that REST takes as a JSON object; GraphQL has no maps.</summary>
internal sealed class ContextEntryInput
{
    public string Name { get; set; } = "";
    public string Value { get; set; } = "";

    /// <exception cref="FailureError">Two entries have one name.</exception>
    public static IReadOnlyDictionary<string, string> ToContext(IReadOnlyList<ContextEntryInput>? entries, string field)
    {
        var context = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in entries ?? [])
        {
            if (!context.TryAdd(entry.Name, entry.Value))
            {
                throw new FailureError(new Failure(
                    FailureCodes.InvalidRequest, FailureKind.Invalid, $"Two entries of the context are named '{entry.Name}'; names must differ.")
                {
                    Field = field,
                });
            }
        }

        return context;
    }
}

internal sealed class ContextEntryInputType : InputObjectGraphType<ContextEntryInput>
{
    public ContextEntryInputType()
    {
        Name = "ContextEntryInput";
        Description = "Named material that belongs to a question.";
        Field<NonNullGraphType<StringGraphType>>("name").Description("Differs from those of the other entries.");
        Field<NonNullGraphType<StringGraphType>>("value").Description("The material itself.");
    }
}
