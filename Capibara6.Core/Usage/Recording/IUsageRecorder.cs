namespace Capibara6.Core.Usage;

/// <summary>Writes down how queries ended.</summary>
public interface IUsageRecorder
{
    /// <summary>
    /// Takes a record for good: when this returns it is in a file of this machine, from where it reaches the database, also after a
    /// <c>kill -9</c>. It takes microseconds and never fails; what can't be kept is counted as lost.
    /// </summary>
    void Record(UsageRecord record);
}
