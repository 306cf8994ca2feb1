using System.Diagnostics;
using Capibara6.GraphQLApi.Documents;
using Capibara6.GraphQLApi.Errors;
using GraphQLParser.AST;
using Microsoft.Extensions.Options;

namespace Capibara6.Tests.GraphQL;

/// <summary>How documents are read: what is wrong where, at a price that grows with the document and no faster.</summary>
[TestClass]
public sealed class DocumentTests
{
    private static GraphQLEdgeHost s_host = null!;
    private static HttpClient s_client = null!;

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [ClassInitialize]
    public static void Start(TestContext context)
    {
        s_host = GraphQLEdgeHost.Start();
        s_client = s_host.CreateClient();
    }

    [ClassCleanup]
    public static async Task StopAsync()
    {
        s_client.Dispose();
        await s_host.DisposeAsync();
    }

    [TestMethod]
    [DataRow("{ models { id } ", 1, 17)]
    [DataRow("{\n  models {\r\n    id(\n}}", 4, 1)]
    [DataRow("{ model(id: \"a\nb\") { id } }", 1, 15)]
    [DataRow("{ model(id: \"\\x\") { id } }", 1, 14)]
    [DataRow("{ models { id } } # \\x and so on\n }", 2, 2)]
    [DataRow("{ models { nothing } }", 1, 12)]
    [DataRow("# \\\n{ models {\r id\n\n  nothing } }", 5, 3)]
    [DataRow("query Q($id: Int) { model(id: $id) { id } }", 1, 9)]
    public async Task Mistake_InADocument_IsToldAtItsPlace(string query, int line, int column)
    {
        var place = await PlaceOfFirstErrorAsync(query);

        Assert.AreEqual((line, column), place);
    }

    [TestMethod]
    [DataRow(" ", "}")]
    [DataRow("\"", "")]
    [DataRow("models{id},,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,,", "}")]
    [DataRow("a:models{id(x:\"{0}\")}", ")")]
    public async Task Mistake_LateOnALongLine_IsToldAtItsPlaceAsOnAShortOne(string filler, string mistake)
    {
        // A long line is read in another way than a short one: both must say the same.
        foreach (var length in new[] { 300, 25_000 })
        {
            var body = filler.Contains("{0}", StringComparison.Ordinal)
                ? filler.Replace("{0}", new string('x', length), StringComparison.Ordinal)
                : filler == "\"" ? "models(x:\"" + new string('x', length) : string.Concat(Enumerable.Repeat(filler, length / filler.Length));
            var query = "{__typename " + body + "}" + mistake;

            var place = await PlaceOfFirstErrorAsync(query);

            Assert.AreEqual((1, filler == "\"" ? query.Length + 1 : query.Length), place, query[..100]);
        }
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(4)]
    [DataRow(5)]
    public void Refusal_OfTheWorstDocuments_CostsAboutAsMuchAsReadingThem(int worst)
    {
        var builder = new BoundedDocumentBuilder(Options.Create(new DocumentOptions()));
        var good = "{" + string.Concat(Enumerable.Repeat("models{id name}", 420)) + "}";
        string[] documents =
        [
            string.Concat(Enumerable.Range(0, 270).Select(i => $"fragment f{i} on Query{{...f{i + 1} ...f{i + 1}}}")) + "{...f0}",
            "{" + new string(' ', 65_000) + "}}",
            "{a(x:\"" + new string('x', 65_000),
            "{a(x:\"" + new string('x', 64_900) + "\"}",
            "{" + string.Concat(Enumerable.Repeat("a ", 2_900)) + new string('#', 50_000),
            string.Concat(Enumerable.Repeat("{a", 1_400)) + new string(',', 60_000) + "!",
        ];

        // A ratio within one run, with a margin that only another power of the length could use up.
        var usual = Measure(() => builder.Build(good));
        var refused = Measure(() => Assert.Throws<Exception>(() => builder.Build(documents[worst])));

        Assert.IsLessThan(20, refused / usual, $"{refused * 1000:0.0} ms against {usual * 1000:0.0} ms");
    }

    [TestMethod]
    [DataRow("{ a: models { id } a: models { name } }", true)]
    [DataRow("{ a: models { id } a: model(id: \"x\") { id } }", false)]
    [DataRow("{ model(id: \"x\") { id } model(id: \"y\") { id } }", false)]
    [DataRow("{ model(id: \"x\") { id } model(id: \"x\") { name } }", true)]
    [DataRow("query Q($a: ID!, $b: ID!) { model(id: $a) { id } model(id: $b) { id } }", false)]
    [DataRow("{ models { a: id } models { a: name } }", false)]
    [DataRow("{ models { a: name } ...F } fragment F on Query { models { a: description } }", false)]
    [DataRow("{ models { ...A ...B } } fragment A on Model { x: name } fragment B on Model { x: name }", true)]
    [DataRow("{ __type(name: \"Model\") { kind: name kind: kind } }", false)]
    [DataRow("{ __schema { types { name } } ... { __schema { types { name kind } } } }", true)]
    public async Task Fields_UnderOneName_MustBeOneField(string query, bool one)
    {
        var answer = await s_client.AskAsync(query, new { a = "1", b = "2" }, Token);

        var conflict = answer.TryGetProperty("errors", out var errors)
            && errors[0].GetProperty("extensions").TryGetProperty("rule", out var rule) && rule.GetString() == "overlapping_fields_can_be_merged";
        Assert.AreEqual(!one, conflict, answer.ToString());
    }

    [TestMethod]
    [DataRow("conflicts")]
    [DataRow("variables")]
    [DataRow("arguments")]
    public async Task Document_FullOfMistakes_TellsTen(string kind)
    {
        var query = kind switch
        {
            "conflicts" => "{ " + string.Join(' ', Enumerable.Range(0, 300).Select(i => $"model(id:{i}){{id}}")) + " }",
            "variables" => "{ " + string.Join(' ', Enumerable.Range(0, 90).Select(i => $"a{i}:model(id:$v{i}){{id}}")) + new string(' ', 50_000) + " }",
            _ => "{ models { id(" + string.Join(',', Enumerable.Range(0, 700).Select(i => $"x{i}:1")) + ") } }" + new string(' ', 50_000),
        };

        var answer = await s_client.AskAsync(query, null, Token);

        Assert.AreEqual("invalid_request", GraphQLClient.CodeOf(answer));
        Assert.IsLessThanOrEqualTo(10, answer.GetProperty("errors").GetArrayLength());
    }

    [TestMethod]
    public void Comments_OfAnyText_AreNoPartOfADocument()
    {
        var builder = new BoundedDocumentBuilder(Options.Create(new DocumentOptions()));

        var document = builder.Build("# \\q \" {\n{ a # }\n b(x: \"#\") }");

        Assert.HasCount(2, ((GraphQLOperationDefinition)document.Definitions[0]).SelectionSet.Selections);
    }

    [TestMethod]
    public void CircleOfFragments_InADocument_IsLeftToValidation()
    {
        var builder = new BoundedDocumentBuilder(Options.Create(new DocumentOptions()));

        Assert.HasCount(3, builder.Build("{ ...A } fragment A on Query { ...B } fragment B on Query { ...A ...A }").Definitions);
        Assert.Throws<FailureError>(() => builder.Build(string.Concat(Enumerable.Repeat("{ a", 400)) + string.Concat(Enumerable.Repeat("}", 400))));
    }

    private async Task<(int Line, int Column)> PlaceOfFirstErrorAsync(string query)
    {
        var answer = await s_client.AskAsync(query, null, Token);
        var place = answer.GetProperty("errors")[0].GetProperty("locations")[0];
        return (place.GetProperty("line").GetInt32(), place.GetProperty("column").GetInt32());
    }

    // The quickest of several: a pause of the machine is no cost of ours.
    private static double Measure(Action action) => Enumerable.Range(0, 9).Min(_ =>
    {
        var watch = Stopwatch.StartNew();
        action();
        return watch.Elapsed.TotalSeconds;
    });
}
