using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Capibara6.Tests.Architecture;

/// <summary>The size budget. We aim at half of these; past them a file or a method has to be split.</summary>
[TestClass]
public sealed class SizeTests
{
    private const int MaxFileLines = 400;
    private const int MaxMethodLines = 80;
    private const int MaxProgramLines = 80;

    [TestMethod]
    public void Files_Length_IsWithinTheBudget()
    {
        string[] tooLong =
        [
            .. SourceFiles.All
                .Select(file => (file, lines: File.ReadLines(Path.Combine(Repository.Root, file)).Count()))
                .Where(entry => entry.lines > (Path.GetFileName(entry.file) == "Program.cs" ? MaxProgramLines : MaxFileLines))
                .Where(entry => !entry.file.StartsWith("Capibara6.AppHost/", StringComparison.Ordinal) || entry.lines > MaxFileLines)
                .Select(entry => $"{entry.file}: {entry.lines} lines"),
        ];
        Assert.IsEmpty(tooLong, string.Join(Environment.NewLine, tooLong));
    }

    [TestMethod]
    public void Methods_Length_IsWithinTheBudget()
    {
        string[] tooLong =
        [
            .. SourceFiles.All.SelectMany(file => Methods(file)
                .Where(method => method.Lines > MaxMethodLines)
                .Select(method => $"{file}: {method.Name} has {method.Lines} lines")),
        ];
        Assert.IsEmpty(tooLong, string.Join(Environment.NewLine, tooLong));
    }

    private static IEnumerable<(string Name, int Lines)> Methods(string file)
    {
        var root = CSharpSyntaxTree.ParseText(File.ReadAllText(Path.Combine(Repository.Root, file))).GetRoot();
        foreach (var member in root.DescendantNodes())
        {
            SyntaxNode? body = member switch
            {
                BaseMethodDeclarationSyntax method => (SyntaxNode?)method.Body ?? method.ExpressionBody,
                LocalFunctionStatementSyntax local => (SyntaxNode?)local.Body ?? local.ExpressionBody,
                AccessorDeclarationSyntax accessor => (SyntaxNode?)accessor.Body ?? accessor.ExpressionBody,
                _ => null,
            };
            if (body is not null)
            {
                var span = body.GetLocation().GetLineSpan();
                yield return (Name(member), span.EndLinePosition.Line - span.StartLinePosition.Line + 1);
            }
        }
    }

    private static string Name(SyntaxNode member) => member switch
    {
        MethodDeclarationSyntax method => method.Identifier.Text,
        ConstructorDeclarationSyntax constructor => constructor.Identifier.Text + " (constructor)",
        LocalFunctionStatementSyntax local => local.Identifier.Text,
        _ => member.Kind().ToString(),
    };
}
