using Capibara6.GraphQLApi.Access;
using Capibara6.GraphQLApi.Documents;
using Capibara6.GraphQLApi.Telemetry;
using GraphQL;
using GraphQL.Execution;
using GraphQL.Types;
using GraphQL.Validation;
using GraphQL.Validation.Rules;
using Microsoft.Extensions.Options;

namespace Capibara6.GraphQLApi.Transport;

/// <summary>Carries out one operation within its bounds, whatever brought it.</summary>
internal sealed class OperationRunner(
    IDocumentExecuter<ISchema> executer, KnownDocuments known, IHostEnvironment environment, IOptions<GraphQLTransportOptions> options,
    IOptions<DocumentOptions> documents, TimeProvider time)
{
    private readonly IValidationRule[] _rules =
    [
        new FirstMistakes(documents.Value.MaxErrors),
        new PermittedFields(),
        new PermittedIntrospection(environment),
        new IntrospectionDepth(),
        .. DocumentValidator.CoreRules.Where(rule => rule is not OverlappingFieldsCanBeMerged),
        new MergeableFields(),
    ];

    /// <param name="parameters">What is asked for.</param>
    /// <param name="userContext">Who asks, as <see cref="RequestUser.ToContext"/> made it.</param>
    /// <param name="services">Of the operation: they last as long as its results are read.</param>
    /// <param name="streams">Whether the client can read a stream of results.</param>
    /// <param name="cancellationToken">Ends the execution; a stream ends with its reading.</param>
    public async Task<ExecutionResult> RunAsync(
        RequestParameters parameters, IDictionary<string, object?> userContext, IServiceProvider services, bool streams, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var result = await ExecuteAsync(parameters, userContext, services, streams, cancellationToken);
        OperationTelemetry.Ended(result, time.GetElapsedTime(started));
        return result;
    }

    private async Task<ExecutionResult> ExecuteAsync(
        RequestParameters parameters, IDictionary<string, object?> userContext, IServiceProvider services, bool streams, CancellationToken cancellationToken)
    {
        string document;
        try
        {
            document = known.Find(parameters.Query, parameters.DocumentId, parameters.Extensions);
        }
        catch (ExecutionError error)
        {
            return new ExecutionResult { Errors = [error] };
        }

        var result = await executer.ExecuteAsync(new ExecutionOptions
        {
            Query = document,
            OperationName = parameters.OperationName,
            Variables = parameters.Variables ?? Inputs.Empty,
            Extensions = parameters.Extensions ?? Inputs.Empty,
            UserContext = userContext,
            RequestServices = services,
            ValidationRules = RulesFor(parameters, streams),
            CancellationToken = cancellationToken,
            Timeout = options.Value.ExecutionTimeout,
            TimeoutAction = TimeoutAction.ReturnTimeoutError,
        });
        TellFirstMistakes(result, document);
        return result;
    }

    private IValidationRule[] RulesFor(RequestParameters parameters, bool streams) => (parameters.FromGet, streams) switch
    {
        (false, true) => _rules,
        (true, _) => [new OfferedOperations(), .. _rules, new ReadOnlyOverGet()],
        (false, false) => [new OfferedOperations(), .. _rules],
    };

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
