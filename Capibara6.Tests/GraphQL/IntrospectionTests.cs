using System.Text.Json;

namespace Capibara6.Tests.GraphQL;

/// <summary>What tools ask of a schema.</summary>
[TestClass]
public sealed class IntrospectionTests
{
    // All that the reference implementation's query can ask for, with every option on.
    private const string Everything =
        """
        query IntrospectionQuery {
          __schema {
            description
            queryType { name kind } mutationType { name kind } subscriptionType { name kind }
            types { ...FullType }
            directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } }
          }
        }
        fragment FullType on __Type {
          kind name description specifiedByURL isOneOf
          fields(includeDeprecated: true) { name description args(includeDeprecated: true) { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
          inputFields(includeDeprecated: true) { ...InputValue }
          interfaces { ...TypeRef }
          enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
          possibleTypes { ...TypeRef }
        }
        fragment InputValue on __InputValue { name description type { ...TypeRef } defaultValue isDeprecated deprecationReason }
        fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
          ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }
        """;

    public required TestContext TestContext { get; init; }

    private CancellationToken Token => TestContext.CancellationToken;

    [TestMethod]
    public async Task Introspection_WithEveryOption_IsAnswered()
    {
        await using var host = GraphQLEdgeHost.Start();

        var answer = await host.CreateClient().AskAsync(Everything, null, Token);

        Assert.IsFalse(answer.TryGetProperty("errors", out _), answer.ToString());
        var schema = answer.GetProperty("data").GetProperty("__schema");
        var types = schema.GetProperty("types").EnumerateArray().ToDictionary(type => type.GetProperty("name").GetString()!);
        Assert.StartsWith("https://", types["DateTime"].GetProperty("specifiedByURL").GetString()!);
        Assert.StartsWith("https://", types["Decimal"].GetProperty("specifiedByURL").GetString()!);
        Assert.StartsWith("https://", types["UUID"].GetProperty("specifiedByURL").GetString()!);
        Assert.AreEqual(JsonValueKind.Null, types["String"].GetProperty("specifiedByURL").ValueKind);
        string[] possible = [.. types["Node"].GetProperty("possibleTypes").EnumerateArray().Select(type => type.GetProperty("name").GetString()!).Order(StringComparer.Ordinal)];
        CollectionAssert.AreEqual(new[] { "Account", "ApiKey", "Batch", "Model" }, possible);
        Assert.Contains("specifiedBy", schema.GetProperty("directives").EnumerateArray().Select(directive => directive.GetProperty("name").GetString()));
    }
}
