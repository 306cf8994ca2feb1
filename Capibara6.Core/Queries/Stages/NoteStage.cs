using Capibara6.Core.Context;

namespace Capibara6.Core.Queries.Stages;

/// <summary>Notes what the answer was made with, so that it can be judged later.</summary>
internal sealed class NoteStage(AnswerNotes notes) : IQueryStage
{
    public string Name => "note";

    public ValueTask<Failure?> RunAsync(QueryContext query, QueryWay within, CancellationToken cancellationToken)
    {
        notes.Note(query);
        return ValueTask.FromResult<Failure?>(null);
    }
}
