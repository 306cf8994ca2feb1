using Capibara6.GraphQLApi.Schema;
using Capibara6.GraphQLApi.Transport;
using GraphQL;
using GraphQL.Types;
using GraphQL.Utilities;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Capibara6.Tests.GraphQL;

[TestClass]
public sealed class SchemaTests
{
    private const string UpdateVariable = "CAPIBARA6_REFRESH_CONTRACTS";

    [TestMethod]
    public void Schema_Assembled_IsTheCommittedOne()
    {
        using var host = Build();

        var text = host.Services.GetRequiredService<ISchema>()
            .Print(new PrintOptions { IncludeDescriptions = true, StringComparison = StringComparison.Ordinal })
            .ReplaceLineEndings("\n").TrimEnd() + "\n";

        var file = Path.Combine(Repository.Root, "Capibara6.GraphQL", "schema.graphql");
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            File.WriteAllText(file, text);
        }

        Assert.AreEqual(File.ReadAllText(file), text, $"If the change is meant, run this test with {UpdateVariable}=1 and commit schema.graphql.");
    }

    [TestMethod]
    public void Schema_EverythingInIt_HasADescription()
    {
        using var host = Build();
        var schema = host.Services.GetRequiredService<ISchema>();
        schema.Initialize();

        // What the specification itself defines describes itself.
        string[] known = ["String", "Boolean", "ID", "Int", "Float"];
        var mute = schema.AllTypes
            .Where(type => !type.Name.StartsWith("__", StringComparison.Ordinal) && !known.Contains(type.Name)).SelectMany(MuteParts).ToArray();

        Assert.IsEmpty(mute, string.Join('\n', mute));
    }

    private static IEnumerable<string> MuteParts(IGraphType type)
    {
        if (string.IsNullOrEmpty(type.Description))
        {
            yield return type.Name;
        }

        foreach (var value in (type as EnumerationGraphType)?.Values ?? Enumerable.Empty<EnumValueDefinition>())
        {
            if (string.IsNullOrEmpty(value.Description))
            {
                yield return $"{type.Name}.{value.Name}";
            }
        }

        foreach (var field in (type as IComplexGraphType)?.Fields ?? Enumerable.Empty<FieldType>())
        {
            if (string.IsNullOrEmpty(field.Description))
            {
                yield return $"{type.Name}.{field.Name}";
            }

            foreach (var argument in (field.Arguments ?? []).Where(argument => string.IsNullOrEmpty(argument.Description)))
            {
                yield return $"{type.Name}.{field.Name}({argument.Name})";
            }
        }
    }

    private static IHost Build()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddCapibara6Schema().AddGraphQLTransport();
        return builder.Build();
    }
}
