using Capibara6.Core.Sandbox.Code;

namespace Capibara6.Core.Sandbox;

/// <summary>Runs code that nobody has read, apart from everything else: through the first configured provider that knows its language.</summary>
internal interface ISandbox
{
    /// <summary>The languages that run here, as <see cref="CodeBlock.Language"/> names them; empty when none does.</summary>
    ValueTask<IReadOnlyCollection<string>> LanguagesAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Runs it. Code that fails is a success of the sandbox; its failures are <see cref="FailureCodes.SandboxBusy"/> and
    /// <see cref="FailureCodes.SandboxUnavailable"/>.
    /// </summary>
    Task<Outcome<CodeRun>> RunAsync(CodeBlock code, CancellationToken cancellationToken);
}

/// <summary>A place where code runs.</summary>
internal interface ISandboxProvider
{
    /// <summary>As configuration names it.</summary>
    string Name { get; }

    /// <summary>What runs here on this machine; empty when nothing does, and the log says why.</summary>
    ValueTask<IReadOnlyCollection<string>> LanguagesAsync(CancellationToken cancellationToken);

    /// <exception cref="SandboxException">The place is out of order; the code has nothing to do with it.</exception>
    Task<CodeRun> RunAsync(CodeBlock code, CancellationToken cancellationToken);
}

/// <summary>How code ran.</summary>
/// <param name="Output">What it printed, cut at <see cref="SandboxOptions.OutputBytes"/>.</param>
/// <param name="Error">What went wrong, for people and for the model that wrote it; null when nothing did.</param>
internal sealed record CodeRun(RunEnd End, string Output, string? Error, TimeSpan Duration)
{
    public bool Succeeded => End == RunEnd.Succeeded;
}

/// <summary>How a run ended.</summary>
internal enum RunEnd
{
    Succeeded,

    /// <summary>By an error of its own.</summary>
    Failed,
    TimedOut,
    OutOfMemory,
    TooMuchOutput,
}

/// <summary>A place for code is out of order.</summary>
/// <param name="message">For the operator.</param>
internal sealed class SandboxException(string message, Exception? inner = null) : Exception(message, inner);
