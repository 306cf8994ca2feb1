using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Capibara6.Hosting.Publishing.Compose;

/// <summary>The document as text, with every string quoted that YAML would read as something else.</summary>
internal static class ComposeWriter
{
    public static string Write(ComposeFile file, string source) => $"# Generated from {source}. Change the model or a docker-compose.override.yaml, not this file.\n" + new SerializerBuilder()
        .WithNamingConvention(UnderscoredNamingConvention.Instance)
        .ConfigureDefaultValuesHandling(DefaultValuesHandling.OmitNull)
        .WithQuotingNecessaryStrings(quoteYaml1_1Strings: true)
        .WithIndentedSequences()
        .DisableAliases()
        .WithNewLine("\n")
        .Build()
        .Serialize(file);
}
