using Capibara6.GraphQLApi.Access;
using Capibara6.GraphQLApi.Errors;
using GraphQL;
using GraphQL.Execution;
using GraphQL.Types;
using GraphQL.Validation;
using Microsoft.Extensions.Options;

namespace Capibara6.GraphQLApi.Transport;

/// <summary>One request of GraphQL over HTTP: choose the format, read, bound, execute, answer.</summary>
internal sealed class GraphQLOverHttp(
    ParameterReader reader,
    ResponseWriter writer,
    ICallerAccessor callers,
    IDocumentExecuter<ISchema> executer,
    IOptions<GraphQLTransportOptions> options,
    ILogger<GraphQLOverHttp> logger)
{
    private static readonly IValidationRule[] s_rules = [new OfferedOperations(), new PermittedFields(), .. DocumentValidator.CoreRules];
    private static readonly IValidationRule[] s_rulesOfGet = [.. s_rules, new ReadOnlyOverGet()];

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

    private Task<ExecutionResult> ExecuteAsync(HttpContext context, RequestParameters parameters) =>
        executer.ExecuteAsync(new ExecutionOptions
        {
            Query = parameters.Query,
            OperationName = parameters.OperationName,
            Variables = parameters.Variables ?? Inputs.Empty,
            Extensions = parameters.Extensions ?? Inputs.Empty,
            UserContext = RequestUser.ContextOf(callers.CallerOf(context)),
            RequestServices = context.RequestServices,
            ValidationRules = parameters.FromGet ? s_rulesOfGet : s_rules,
            CancellationToken = context.RequestAborted,
            Timeout = options.Value.ExecutionTimeout,
            TimeoutAction = TimeoutAction.ReturnTimeoutError,
        });
}
