using System.Buffers;
using System.Text;
using Capibara6.Core;
using Capibara6.Core.Gateway;
using Capibara6.Core.ModelClients;

namespace Capibara6.Tests.Core.Gateway;

[TestClass]
public sealed class CallerBodyTests
{
    private static readonly UpstreamModel s_upstream = new("llama \"3\"", "max_tokens", [], []);

    [TestMethod]
    [DataRow("""{"model":"auto","messages":[{}]}""", """{"model":"llama \u00223\u0022","messages":[{}]}""")]
    [DataRow("""{ "messages" : [ {} ] , "model" : "auto" , "x":{"y":[1e3,"\u0041"]} }""", """{ "messages" : [ {} ] , "model" : "llama \u00223\u0022" , "x":{"y":[1e3,"\u0041"]} }""")]
    [DataRow("""{"mod\u0065l":"auto","messages":[{}],"stream":true}""", """{"mod\u0065l":"llama \u00223\u0022","messages":[{}],"stream":true,"stream_options":{"include_usage":true}}""")]
    public void Body_Written_ChangesOnlyTheModelAndTheWishForCounts(string body, string expected) =>
        Assert.AreEqual(expected, Write(body, s_upstream));

    [TestMethod]
    [DataRow("null", """{"include_usage":true}""")]
    [DataRow("{ }", """{"include_usage":true }""")]
    [DataRow("""{"include_obfuscation":false}""", """{"include_usage":true,"include_obfuscation":false}""")]
    [DataRow("""{"a":1, "include_usage" : false,"b":2}""", """{"a":1, "include_usage" : true,"b":2}""")]
    [DataRow("""{"include_usage":true}""", """{"include_usage":true}""")]
    public void Body_OptionsOfAStream_AskForCounts(string options, string expected)
    {
        var body = $$"""{"model":"auto","stream":true,"stream_options":{{options}},"messages":[{}]}""";

        Assert.Contains($"\"stream_options\":{expected},\"messages\"", Write(body, s_upstream));
    }

    [TestMethod]
    public void Body_ParametersOfTheDeployment_AreLeftOutAndAdded()
    {
        var upstream = s_upstream with
        {
            Drop = ["logit_bias", "user", "seed"],
            Defaults = [KeyValuePair.Create("top_k", "40"u8.ToArray()), KeyValuePair.Create("temperature", "0.5"u8.ToArray())],
        };

        var written = Write("""{"user":"u","model":"auto","logit_bias":{"1":2}, "temperature":0,"messages":[{}],"seed":1}""", upstream);

        Assert.AreEqual("""{"model":"llama \u00223\u0022","temperature":0,"messages":[{}],"top_k":40}""", written);
    }

    [TestMethod]
    public void Body_BudgetsBound_StandsWhereTheDeploymentKnowsIt() =>
        Assert.Contains("\"max_tokens\":77}", Write("""{"model":"auto","messages":[{}]}""", s_upstream, bound: 77));

    [TestMethod]
    [DataRow("", "malformed_json", null)]
    [DataRow("[]", "invalid_type", null)]
    [DataRow("{", "malformed_json", null)]
    [DataRow("{}", "missing_field", "model")]
    [DataRow("""{"model":"a","messages":[{}]} x""", "malformed_json", null)]
    [DataRow("""{"model":7,"messages":[{}]}""", "invalid_type", "model")]
    [DataRow("""{"model":"a","model":"b","messages":[{}]}""", "duplicate_field", "model")]
    [DataRow("""{"model":"a","mod\u0065l":"b","messages":[{}]}""", "duplicate_field", "model")]
    [DataRow("""{"model":"a","messages":[{}],"stream":"yes"}""", "invalid_type", "stream")]
    [DataRow("""{"model":"a","messages":[{}],"stream_options":[]}""", "invalid_type", "stream_options")]
    [DataRow("""{"model":"a","messages":[{}],"stream_options":{"include_usage":true,"include_usage":false}}""", "duplicate_field", "stream_options.include_usage")]
    [DataRow("""{"model":"a"}""", "missing_field", "messages")]
    [DataRow("""{"model":"a","messages":[]}""", "invalid_type", "messages")]
    [DataRow("""{"model":"a","messages":[1]}""", "invalid_type", "messages")]
    [DataRow("""{"model":"a","messages":"hi"}""", "invalid_type", "messages")]
    [DataRow("""{"model":"a","messages":[{}],"max_tokens":0}""", "invalid_value", "max_tokens")]
    [DataRow("""{"model":"a","messages":[{}],"n":1000000000}""", "invalid_value", "n")]
    [DataRow("""{"model":"a\ud800","messages":[{}]}""", "invalid_text", null)]
    public void Body_ThatCantBeRight_NamesTheField(string body, string code, string? field)
    {
        var failure = FailureOf(body);
        Assert.AreEqual((code, field), (failure.Code, failure.Field), failure.Message);
    }

    [TestMethod]
    public void Body_NestedTooDeep_IsRefused() => Assert.AreEqual(
        "nested_too_deep", FailureOf($$"""{"model":"a","messages":[{}],"x":{{new string('[', 200)}}{{new string(']', 200)}}}""").Code);

    [TestMethod]
    public void Facts_OfAConversation_AreWhatTheUserSaidLastAndWhatIsNoText()
    {
        var facts = Read("""
            {"model":"auto","messages":[
              {"content":"first","role":"user"},
              {"role":"user","content":[{"type":"text","text":"loo\u006b"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}}]},
              {"role":"assistant","content":null,"tool_calls":[{"function":{"name":"f","arguments":"{}"}}]},
              {"role":"tool","content":"42"}],"n":3,"temperature":0.0,"tools":[{}],"max_tokens":5,"max_completion_tokens":9}
            """);

        Assert.AreEqual(("look", 1, 3, 9, true), (facts.LastText, facts.HeavyParts, facts.Choices, facts.MaxTokens, facts.HasTools));
        Assert.AreEqual(0d, facts.Temperature);
    }

    private static string Write(string body, UpstreamModel upstream, int? bound = null)
    {
        var target = new ArrayBufferWriter<byte>();
        new CallerBody(Encoding.UTF8.GetBytes(body), Read(body), GatewayRoute.ChatCompletions, bound).Write(target, upstream);
        return Encoding.UTF8.GetString(target.WrittenSpan);
    }

    private static RequestFacts Read(string body) => CoreReplica.Value(RequestReader.Read(Encoding.UTF8.GetBytes(body), GatewayRoute.ChatCompletions));

    private static Failure FailureOf(string body) => CoreReplica.Failure(RequestReader.Read(Encoding.UTF8.GetBytes(body), GatewayRoute.ChatCompletions));
}
