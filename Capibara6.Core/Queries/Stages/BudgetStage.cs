using System.Diagnostics;
using Capibara6.Core.ModelClients;
using Capibara6.Core.Usage;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Queries.Stages;

/// <summary>
/// Reserves the most that the answer can cost, has it made, and settles what it did cost: also when the caller has left
/// or the answer broke off, because the model has worked all the same.
/// </summary>
internal sealed class BudgetStage(IBudgets budgets, IModelCatalog catalog, IOptions<BudgetOptions> options) : IQueryStage
{
    // What an answer that broke off is charged by; a whole one brings its own count.
    private const int CharactersPerToken = 4;

    public string Name => "budget";

    public async ValueTask<Failure?> RunAsync(QueryContext query, QueryWay within, CancellationToken cancellationToken)
    {
        var promptTokens = query.Prompt!.MostTokens;
        var answerTokens = query.Request.MaxTokens ?? options.Value.MaxAnswerTokens;
        switch (await budgets.ReserveAsync(query.Request.Caller, AtMost(promptTokens, answerTokens), cancellationToken))
        {
            case Outcome<BudgetReservation>.Success { Value: var reservation }:
                query.BudgetedTokens = reservation.IsLimited ? answerTokens : null;
                query.StreamedLength = 0;
                var before = (Usage: query.Usage, query.CostUsd);
                try
                {
                    return await within.RunAsync(query, cancellationToken);
                }
                finally
                {
                    await reservation.SettleAsync(UsedSince(before.Usage, before.CostUsd, query));
                }

            case Outcome<BudgetReservation>.Failed { Failure: var failure }:
                return failure;
            default:
                throw new UnreachableException();
        }
    }

    // Either model may answer, so the dearer one is reserved for.
    private UsageAmount AtMost(int promptTokens, int answerTokens) => new(
        promptTokens + answerTokens, catalog.Models.Max(model => model.CostOf(new(promptTokens, answerTokens))));

    private UsageAmount UsedSince(TokenUsage before, decimal costBefore, QueryContext query)
    {
        if (!ReferenceEquals(query.Usage, before))
        {
            var (now, then) = (query.Usage, before);
            return new(now.PromptTokens + now.CompletionTokens - then.PromptTokens - then.CompletionTokens, query.CostUsd - costBefore);
        }

        if (query.StreamedLength == 0)
        {
            return default;
        }

        var prompt = query.Prompt!.MostTokens / CharactersPerToken;
        var answer = (query.StreamedLength + CharactersPerToken - 1) / CharactersPerToken;
        return new(prompt + answer, catalog.Find(query.Routing!.SelectedModel)!.CostOf(new(prompt, answer)));
    }
}
