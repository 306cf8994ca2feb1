namespace Capibara6.ModelEmulator.Answers;

/// <summary>
/// The program of an answer: Python, or JavaScript for a question that names it. A question about an average gets one with a mistake
/// first and the right one when it is told of the error, so that a caller's correction can be tried.
/// </summary>
internal static class SampleProgram
{
    private const string JavaScriptMistake = """
        function average(numbers) {
          return numbers.reduce((sum, number) => sum + number) / numbers.length;
        }

        console.log(average([2, 4, 9]), average([]));

        """;

    private const string JavaScript = """
        function average(numbers) {
          return numbers.length === 0 ? 0 : numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
        }

        console.log(average([2, 4, 9]), average([]));

        """;

    /// <param name="corrected">Whether the question comes a second time, with the error of the first answer's program.</param>
    public static (string Language, string Program) For(string question, bool corrected)
    {
        var errs = !corrected && question.Contains(PythonProgram.Mistaken, StringComparison.OrdinalIgnoreCase);
        return question.Contains("javascript", StringComparison.OrdinalIgnoreCase)
            ? ("javascript", errs ? JavaScriptMistake : JavaScript)
            : ("python", errs ? PythonProgram.Mistake : PythonProgram.For(question));
    }
}
