using YamlDotNet.Serialization;

namespace Capibara6.Tests.Hosting.Publishing;

/// <summary>A Compose file as its reader sees it.</summary>
internal sealed record ComposeDocument(IReadOnlyDictionary<string, ComposeDocument.Service> Services, Dictionary<object, object> Fields)
{
    public static ComposeDocument Parse(string text)
    {
        var fields = (Dictionary<object, object>)new DeserializerBuilder().Build().Deserialize(text)!;
        return new ComposeDocument(
            ((Dictionary<object, object>)fields["services"]).ToDictionary(static pair => (string)pair.Key, static pair => new Service((Dictionary<object, object>)pair.Value)),
            fields);
    }

    public IEnumerable<string> Names(string section) => Fields.TryGetValue(section, out var value) ? ((Dictionary<object, object>)value).Keys.Cast<string>() : [];

    internal sealed record Service(Dictionary<object, object> Fields)
    {
        public IReadOnlyList<string> Networks => [.. ((Dictionary<object, object>)Fields["networks"]).Keys.Cast<string>()];

        public Dictionary<object, object> Map(string name) => Fields.TryGetValue(name, out var value) ? (Dictionary<object, object>)value : [];

        public IEnumerable<object> List(string name) => Fields.TryGetValue(name, out var value) ? (List<object>)value : [];

        public IEnumerable<string> Sources(string name) => List(name).Cast<Dictionary<object, object>>().Select(static mount => (string)mount["source"]);
    }
}
