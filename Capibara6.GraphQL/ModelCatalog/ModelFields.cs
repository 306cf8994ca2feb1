using Capibara6.Core;
using Capibara6.Core.Identity;
using Capibara6.Core.ModelClients;
using Capibara6.GraphQLApi.Access;
using Capibara6.GraphQLApi.Errors;
using GraphQL;
using GraphQL.Types;

namespace Capibara6.GraphQLApi.ModelCatalog;

internal static class ModelFields
{
    public static void AddModels(this ObjectGraphType query)
    {
        query.Field<NonNullGraphType<ListGraphType<NonNullGraphType<ModelType>>>>("models")
            .Description("All models, smallest first.")
            .RequirePermission(Permissions.Read)
            .Resolve(context => CatalogOf(context).Models);
        query.Field<ModelType>("model")
            .Description("The model of that id; the error model_not_found when there is none.")
            .RequirePermission(Permissions.Read)
            .Argument<NonNullGraphType<IdGraphType>>("id", "Id of the model.")
            .Resolve(context => CatalogOf(context).Find(context.GetArgument<string>("id")) ?? throw NotFound(context.GetArgument<string>("id")));
    }

    private static IModelCatalog CatalogOf(IResolveFieldContext context) => context.RequestServices!.GetRequiredService<IModelCatalog>();

    private static FailureError NotFound(string id) => new(new Failure(
        FailureCodes.ModelNotFound, FailureKind.NotFound, $"There is no model '{id}'; the query 'models' lists them.") { Field = "id" });
}
