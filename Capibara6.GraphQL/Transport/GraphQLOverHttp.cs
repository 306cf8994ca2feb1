using Capibara6.Api.Access;
using Capibara6.GraphQLApi.Access;
using Capibara6.GraphQLApi.Documents;
using Capibara6.GraphQLApi.Errors;
using Capibara6.ServiceDefaults.Access;
using GraphQL;
using GraphQL.Execution;
using GraphQL.Types;
using GraphQL.Validation;
using GraphQL.Validation.Rules;
using Microsoft.Extensions.Options;

namespace Capibara6.GraphQLApi.Transport;

/// <summary>One request of GraphQL over HTTP: choose the format, read, bound, execute, answer.</summary>
internal sealed class GraphQLOverHttp(
    ParameterReader reader,
    ResponseWriter writer,
    ICallerAccessor callers,
    IDocumentExecuter<ISchema> executer,
    IOptions<GraphQLTransportOptions> options,
    IOptions<DocumentOptions> documents,
    ILogger<GraphQLOverHttp> logger)
{
    private readonly IValidationRule[] _rules = RulesWithin(documents.Value);

    public async Task AnswerAsync(HttpContext context)
    {
        var format = ResponseFormat.Negotiate(context.Request);
        try
        {
            var parameters = await reader.ReadAsync(context.Request, context.RequestAborted);
            if (format is null)
            {
                throw RefusedException.NotAcceptable();
            }

            var result = await ExecuteAsync(context, parameters);
            await writer.WriteResultAsync(context, result, format);
        }
        catch (RefusedException refused)
        {
            await writer.WriteRefusalAsync(context, refused, format ?? ResponseFormat.Json);
        }
        catch (BadHttpRequestException error)
        {
            await writer.WriteRefusalAsync(context, RefusedException.OfServer(error), format ?? ResponseFormat.Json);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The client has gone; there is nobody to tell.
        }
#pragma warning disable CA1031 // The last resort: a bug must not tell its text, nor leave an empty body.
        catch (Exception exception) when (!context.Response.HasStarted)
#pragma warning restore CA1031
        {
            ErrorsLog.Unexpected(logger, "the request", exception);
            await writer.WriteInternalErrorAsync(context, format ?? ResponseFormat.Json);
        }
    }

    private static IValidationRule[] RulesWithin(DocumentOptions limits) =>
    [
        new FirstMistakes(limits.MaxErrors),
        new OfferedOperations(),
        new PermittedFields(),
        .. DocumentValidator.CoreRules.Where(rule => rule is not OverlappingFieldsCanBeMerged),
        new MergeableFields(),
    ];

    private async Task<ExecutionResult> ExecuteAsync(HttpContext context, RequestParameters parameters)
    {
        var user = callers.UserOf(context).ToContext();
        var result = await executer.ExecuteAsync(new ExecutionOptions
        {
            Query = parameters.Query,
            OperationName = parameters.OperationName,
            Variables = parameters.Variables ?? Inputs.Empty,
            Extensions = parameters.Extensions ?? Inputs.Empty,
            UserContext = user,
            RequestServices = context.RequestServices,
            ValidationRules = parameters.FromGet ? [.. _rules, new ReadOnlyOverGet()] : _rules,
            CancellationToken = context.RequestAborted,
            Timeout = options.Value.ExecutionTimeout,
            TimeoutAction = TimeoutAction.ReturnTimeoutError,
        });
        RateLimitHeaders.Append(context.Response.Headers, [.. user.LimitStates().Select(CoreAccess.StateOf)]);
        TellFirstMistakes(result, parameters.Query);
        return result;
    }

    private void TellFirstMistakes(ExecutionResult result, string document)
    {
        if (result.Errors is not { } errors)
        {
            return;
        }

        if (errors.OfType<ManyMistakesError>().FirstOrDefault() is { } many)
        {
            result.Errors = errors = [.. many.Mistakes];
        }

        if (!result.Executed && errors.Count > documents.Value.MaxErrors)
        {
            result.Errors = errors = [.. errors.Take(documents.Value.MaxErrors)];
        }

        DocumentPlaces.Find(errors, document);
    }
}
