using GraphQL;
using GraphQL.Resolvers;
using GraphQL.Types;
using GraphQL.Utilities;
using GraphQLParser.AST;

namespace Capibara6.GraphQLApi.Schema;

/// <summary>What the specification of October 2021 and its draft let tools ask of a schema, and the engine leaves out.</summary>
internal sealed class Introspection : BaseSchemaNodeVisitor
{
    private const string Directive = "specifiedBy";
    private const string Url = "url";

    public override void VisitSchema(ISchema schema)
    {
        var text = schema.AllTypes["String"]!;
        var type = (IObjectGraphType)schema.AllTypes["__Type"]!;
        type.AddField(new FieldType
        {
            Name = "specifiedByURL",
            Description = "Where the specification of a scalar can be read.",
            ResolvedType = text,
            Resolver = new FuncFieldResolver<IGraphType, string?>(context => UrlOf(context.Source)),
        });
        var arguments = ((IObjectGraphType)schema.AllTypes["__Directive"]!).Fields.Find("args")!;
        arguments.Arguments ??= [];
        arguments.Arguments.Add(new QueryArgument(schema.AllTypes["Boolean"]!) { Name = "includeDeprecated", DefaultValue = false });
    }

    private static string? UrlOf(IGraphType type) =>
        type is ScalarGraphType ? type.FindAppliedDirective(Directive)?.FindArgument(Url)?.Value as string : null;
}

/// <summary>The directive of the specification (§3.13.4), which tools want to see though no document may use it.</summary>
internal sealed class SpecifiedByDirective : Directive
{
    public SpecifiedByDirective()
        : base("specifiedBy", DirectiveLocation.Scalar)
    {
        Description = "Names the specification that a scalar keeps to.";
        Arguments = new QueryArguments(new QueryArgument<NonNullGraphType<StringGraphType>> { Name = "url", Description = "Where it can be read." });
    }

    public override bool? Introspectable => true;
}

internal static class ScalarSpecification
{
    public static void SpecifiedBy(this ScalarGraphType scalar, string url) => scalar.ApplyDirective("specifiedBy", "url", url);
}
