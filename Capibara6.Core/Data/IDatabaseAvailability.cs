namespace Capibara6.Core.Data;

/// <summary>
/// Whether the main database answers, as last seen. Asking costs nothing: a probe keeps it current, and whoever uses the
/// database reports what it saw.
/// </summary>
public interface IDatabaseAvailability
{
    /// <summary>True until shown otherwise.</summary>
    bool IsAvailable { get; }
}
