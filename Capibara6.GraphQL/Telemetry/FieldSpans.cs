using System.Diagnostics;
using GraphQL;
using GraphQL.Resolvers;
using GraphQL.Types;
using GraphQL.Utilities;

namespace Capibara6.GraphQLApi.Telemetry;

/// <summary>Gives each root field a span of its own: what an operation spends on each of the things that it asks for.</summary>
internal sealed class FieldSpans : BaseSchemaNodeVisitor
{
    public override void VisitObjectFieldDefinition(FieldType field, IObjectGraphType type, ISchema schema)
    {
        if ((type == schema.Query || type == schema.Mutation) && field.Resolver is { } resolver && !field.Name.StartsWith("__", StringComparison.Ordinal))
        {
            field.Resolver = new TracedResolver(resolver, type.Name, field.Name);
        }
    }

    private sealed class TracedResolver(IFieldResolver inner, string type, string field) : IFieldResolver
    {
        public async ValueTask<object?> ResolveAsync(IResolveFieldContext context)
        {
            using var span = OperationTelemetry.BeginField(type, field);
            try
            {
                return await inner.ResolveAsync(context);
            }
            catch (Exception exception)
            {
                span?.SetStatus(ActivityStatusCode.Error, exception.GetType().Name);
                throw;
            }
        }
    }
}
