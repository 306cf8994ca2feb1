namespace Capibara6.Core;

/// <summary>The value of a use case, or why there is none. Closed: a switch over both cases is complete.</summary>
public abstract record Outcome<T>
{
    private Outcome()
    {
    }

    /// <summary>It worked.</summary>
    public sealed record Success(T Value) : Outcome<T>;

    /// <summary>It didn't, for a reason that was to be expected.</summary>
    public sealed record Failed(Failure Failure) : Outcome<T>;

    public static implicit operator Outcome<T>(T value) => new Success(value);

    public static implicit operator Outcome<T>(Failure failure) => new Failed(failure);
}
