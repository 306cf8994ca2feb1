using Capibara6.GraphQLApi.Batches;
using Capibara6.GraphQLApi.ModelCatalog;
using Capibara6.GraphQLApi.Queries;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Schema;

/// <summary>The schema: the only place where it is assembled. <c>schema.graphql</c> states the outcome.</summary>
internal sealed class CapibaraSchema : global::GraphQL.Types.Schema
{
    public CapibaraSchema(IServiceProvider services)
        : base(services)
    {
        var query = new ObjectGraphType { Name = "Query" };
        query.AddModels();
        query.AddBatches();

        var mutation = new ObjectGraphType { Name = "Mutation" };
        mutation.AddQueries();
        mutation.AddBatchChanges();

        Query = query;
        Mutation = mutation;
    }
}
