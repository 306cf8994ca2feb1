namespace Capibara6.Core.Sandbox.Code;

/// <summary>Code to run.</summary>
/// <param name="Language">One of <see cref="CodeLanguages"/>.</param>
internal sealed record CodeBlock(string Language, string Text);

/// <summary>The names of languages, as answers, results and metrics have them.</summary>
internal static class CodeLanguages
{
    public const string Python = "python";
    public const string Bash = "bash";
    public const string JavaScript = "javascript";
    public const string TypeScript = "typescript";

    private static readonly Dictionary<string, string> s_byTag = new(StringComparer.OrdinalIgnoreCase)
    {
        ["python"] = Python, ["python3"] = Python, ["py"] = Python,
        ["bash"] = Bash, ["sh"] = Bash, ["shell"] = Bash, ["zsh"] = Bash,
        ["javascript"] = JavaScript, ["js"] = JavaScript, ["node"] = JavaScript, ["mjs"] = JavaScript,
        ["typescript"] = TypeScript, ["ts"] = TypeScript,
        ["r"] = "r", ["java"] = "java",
    };

    /// <param name="tag">The word behind a fence; anything.</param>
    public static string? Of(string tag) => s_byTag.GetValueOrDefault(tag);
}
