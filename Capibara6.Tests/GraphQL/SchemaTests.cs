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
    private const string UpdateVariable = "CAPIBARA6_UPDATE_SNAPSHOTS";

    [TestMethod]
    public void Schema_Assembled_IsTheCommittedOne()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddCapibara6Schema().AddGraphQLTransport();
        using var host = builder.Build();

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
}
