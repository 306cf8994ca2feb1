using Capibara6.Core.Sandbox.Code;

namespace Capibara6.Tests.Core.Sandbox.Code;

[TestClass]
public sealed class CodeFinderTests
{
    private static readonly string[] s_all = ["python", "bash", "javascript"];

    [TestMethod]
    [DataRow("```python\nprint(1)\n```", "python", "print(1)\n")]
    [DataRow("Here:\r\n\r\n```py\r\nprint(1)\r\n```\r\nDone.", "python", "print(1)\n")]
    [DataRow("~~~~ JavaScript {.numbers}\nlet a = `~~~`;\n~~~~", "javascript", "let a = `~~~`;\n")]
    [DataRow("```{.python .numberLines}\nprint(1)\n```", "python", "print(1)\n")]
    [DataRow("```sh title=\"run.sh\"\necho hi\n```", "bash", "echo hi\n")]
    [DataRow("1. First:\n   ```python\n   if True:\n       print(1)\n   ```", "python", "if True:\n    print(1)\n")]
    [DataRow("````python\nprint('''```''')\n```\n````", "python", "print('''```''')\n```\n")]
    [DataRow("```python\nprint(1)", "python", "print(1)\n", DisplayName = "a fence that does not end")]
    [DataRow("```text\nno code\n```\n```python\nprint(1)\n```", "python", "print(1)\n")]
    [DataRow("```python\na = 1\n```\nand then\n```bash\nls\n```\n```python\nprint(a)\n```", "python", "a = 1\n\nprint(a)\n")]
    public void Find_FencedWithLanguage_IsFound(string answer, string language, string code)
    {
        Assert.AreEqual(new CodeBlock(language, code), CodeFinder.Find(answer, s_all, guesses: false));
    }

    [TestMethod]
    [DataRow("No code at all.")]
    [DataRow("")]
    [DataRow("```\nprint(1)\nprint(2)\n```")]
    [DataRow("```rust\nfn main() {}\n```")]
    [DataRow("```python\n\n```")]
    [DataRow("Inline ```python print(1)``` is not a block.")]
    public void Find_NothingThatNamesItsLanguage_FindsNothing(string answer) => Assert.IsNull(CodeFinder.Find(answer, s_all, guesses: false));

    [TestMethod]
    public void Find_LanguageThatDoesNotRunHere_IsPassedOver()
    {
        const string Answer = "```python\nprint(1)\n```\n```javascript\nconsole.log(1)\n```";
        Assert.AreEqual("javascript", CodeFinder.Find(Answer, ["javascript"], guesses: false)?.Language);
        Assert.IsNull(CodeFinder.Find(Answer, ["bash"], guesses: true));
    }

    [TestMethod]
    [DataRow("```\ndef f(x):\n    return x\n\nprint(f(1))\n```", "python")]
    [DataRow("```\nconst a = 1;\nconsole.log(a);\n```", "javascript")]
    [DataRow("```\n#!/bin/bash\nls\n```", "bash")]
    [DataRow("```\nfor i in 1 2 3; do\necho $i\ndone\n```", "bash")]
    [DataRow("Try this:\n\ndef f(x):\n    return x\n\nprint(f(1))\n\nThat prints one.", "python")]
    [DataRow("function f(x) {\n  return x;\n}\n\nconsole.log(f(1));", "javascript")]
    public void Find_WithoutLanguage_IsGuessedOnlyWhenWanted(string answer, string language)
    {
        Assert.IsNull(CodeFinder.Find(answer, s_all, guesses: false));
        Assert.AreEqual(language, CodeFinder.Find(answer, s_all, guesses: true)?.Language);
    }

    [TestMethod]
    public void Find_BareCodeAmongProse_TakesTheCodeAlone()
    {
        var code = CodeFinder.Find("Try this:\n\ndef f(x):\n    return x\n\nprint(f(1))\n\nThat prints one.", s_all, guesses: true)!;
        Assert.AreEqual("def f(x):\n    return x\n\nprint(f(1))\n", code.Text);
    }

    [TestMethod]
    [DataRow("If it rains: stay. For the rest of us, return early.")]
    [DataRow("The capybara lives near water.\nIt eats grass.\n\nFrom there it swims.")]
    [DataRow("```\nName   Age\nAnna   3\n```")]
    public void Find_Prose_IsNoCode(string answer) => Assert.IsNull(CodeFinder.Find(answer, s_all, guesses: true));

    [TestMethod]
    public void Find_LongestAnswer_TakesNoQuadraticTime()
    {
        // A mebibyte of fences and of near-code: a search that goes over it again and again would not end.
        var answer = string.Concat(Enumerable.Repeat("```x\na = (((((\n```\nfor x in y\n", 40_000));
        Assert.IsNull(CodeFinder.Find(answer, s_all, guesses: false));
        _ = CodeFinder.Find(answer, s_all, guesses: true);
    }
}
