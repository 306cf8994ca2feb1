using GraphQL;
using GraphQL.Builders;
using GraphQL.Validation.Complexity;

namespace Capibara6.GraphQLApi.Schema;

/// <summary>
/// What fields cost towards the bound on an operation (<see cref="Documents.DocumentOptions.MaxCost"/>): a plain field 1, the
/// fields of a list as often as it may have entries (20 times when nothing says how many). With the default bound a request
/// holds at most ten model calls; the whole schema, which tools ask for, costs somewhat more than a thousand.
/// </summary>
internal static class Costs
{
    /// <summary>A field of introspection; no field costs less.</summary>
    public const double Least = 0.25;

    /// <summary>The schema, which is long: it may be asked for a few times at once, under however many aliases.</summary>
    public const double WholeSchema = 1_000;

    public const double ModelCall = 500;
    public const int EntriesOfAList = 20;
    public const double BatchAccept = 250;

    public static FieldBuilder<TSource, TReturn> WithCost<TSource, TReturn>(this FieldBuilder<TSource, TReturn> field, double cost) =>
        field.WithComplexityImpact(cost);

    /// <summary>The cost of a field, and how often the fields below it count.</summary>
    public static FieldBuilder<TSource, TReturn> WithCost<TSource, TReturn>(this FieldBuilder<TSource, TReturn> field, double cost, double below) =>
        field.WithComplexityImpact(_ => new FieldComplexityResult(cost, below));

    /// <summary>The cost of a list whose length an argument sets.</summary>
    public static FieldBuilder<TSource, TReturn> WithPageCost<TSource, TReturn>(
        this FieldBuilder<TSource, TReturn> field, string argument, int otherwise) =>
        field.WithComplexityImpact(context => new FieldComplexityResult(1, Math.Max(1, context.GetArgument(argument, (int?)otherwise) ?? otherwise)));

    /// <summary>The cost of fields that state none. Introspection is a fixed part of the schema: its lists are as long as they are.</summary>
    /// <remarks>It is told by the type's name, which only the schema gives; the names that a document gives to its parts don't count.</remarks>
    public static FieldComplexityResult OfOtherFields(FieldImpactContext context, Func<FieldImpactContext, FieldComplexityResult> general) =>
        context.ParentType.Name.StartsWith("__", StringComparison.Ordinal) ? new FieldComplexityResult(Least, 1)
        : context.FieldDefinition.Name == "__schema" ? new FieldComplexityResult(WholeSchema, 1)
        : general(context);
}
