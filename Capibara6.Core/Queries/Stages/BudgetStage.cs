using System.Text;
using Capibara6.Core.ModelClients;
using Capibara6.Core.Usage;
using Microsoft.Extensions.Options;

namespace Capibara6.Core.Queries.Stages;

/// <summary>
/// Reserves the most that the answer can cost, has it made, and settles what it did cost: also when the caller has left
/// or the answer broke off, because the model has worked all the same.
/// </summary>
internal sealed class BudgetStage(IBudgets budgets, IModelCatalog catalog, IOptions<BudgetOptions> options)
{
    public const string Name = "budget";

    // A token is at least a byte of the prompt; this many more hold a message's role and frame.
    private const int FrameTokens = 16;

    // What an answer that broke off is charged by; a whole one brings its own count.
    private const int CharactersPerToken = 4;

    /// <param name="spend">The stages that cost something.</param>
    public async ValueTask<Failure?> RunAsync(
        QueryContext query, Func<QueryContext, CancellationToken, ValueTask<Failure?>> spend, CancellationToken cancellationToken)
    {
        var promptTokens = PromptBuilder.Messages(query).Sum(message => Encoding.UTF8.GetByteCount(message.Text) + FrameTokens);
        var answerTokens = query.Request.MaxTokens ?? options.Value.MaxAnswerTokens;
        switch (await budgets.ReserveAsync(query.Request.Caller, AtMost(promptTokens, answerTokens), cancellationToken))
        {
            case Outcome<BudgetReservation>.Success { Value: var reservation }:
                query.BudgetedTokens = reservation.IsLimited ? answerTokens : null;
                try
                {
                    return await spend(query, cancellationToken);
                }
                finally
                {
                    await reservation.SettleAsync(UsedBy(query, promptTokens));
                }

            case Outcome<BudgetReservation>.Failed { Failure: var failure }:
                return failure;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }

    // Either model may answer, so the dearer one is reserved for.
    private UsageAmount AtMost(int promptTokens, int answerTokens) => new(
        promptTokens + answerTokens, catalog.Models.Max(model => model.CostOf(new(promptTokens, answerTokens))));

    private UsageAmount UsedBy(QueryContext query, int promptTokens)
    {
        if (query.ModelUsed is { } answered && catalog.Find(answered) is { } model)
        {
            var usage = query.Usage;
            return new(usage.PromptTokens + usage.CompletionTokens, model.CostOf(usage));
        }

        if (query.StreamedLength == 0)
        {
            return default;
        }

        var prompt = promptTokens / CharactersPerToken;
        var answer = (query.StreamedLength + CharactersPerToken - 1) / CharactersPerToken;
        return new(prompt + answer, catalog.Find(query.Routing!.SelectedModel)!.CostOf(new(prompt, answer)));
    }
}
