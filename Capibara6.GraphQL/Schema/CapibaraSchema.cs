using Capibara6.GraphQLApi.Accounts;
using Capibara6.GraphQLApi.Batches;
using Capibara6.GraphQLApi.Cache;
using Capibara6.GraphQLApi.Measurements;
using Capibara6.GraphQLApi.ModelCatalog;
using Capibara6.GraphQLApi.Queries;
using Capibara6.GraphQLApi.Telemetry;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.Schema;

/// <summary>The schema: the only place where it is assembled. <c>schema.graphql</c> states the outcome.</summary>
internal sealed class CapibaraSchema : global::GraphQL.Types.Schema
{
    public CapibaraSchema(IServiceProvider services)
        : base(services)
    {
        Description = "Capibara6: questions to language models, alone and in batches.";
        Features.RepeatableDirectives = true;
        Features.DeprecationOfInputValues = true;
        Directives.Register(new SpecifiedByDirective());
        RegisterVisitor(new Introspection());
        RegisterVisitor(new FieldSpans());

        var query = new ObjectGraphType { Name = "Query", Description = "What can be read." };
        query.AddModels();
        query.AddBatches();
        query.AddAccounts();
        query.AddCache();
        query.AddUsage();
        query.AddNodes();

        var mutation = new ObjectGraphType { Name = "Mutation", Description = "What can be done." };
        mutation.AddQueries();
        mutation.AddBatchChanges();
        mutation.AddAccountChanges();
        mutation.AddCacheChanges();

        var subscription = new ObjectGraphType { Name = "Subscription", Description = "What can be followed, over WebSocket or server-sent events." };
        subscription.AddQueryStream();
        subscription.AddBatchProgress();

        Query = query;
        Mutation = mutation;
        Subscription = subscription;
    }
}
