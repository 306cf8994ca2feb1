namespace Capibara6.Hosting.Publishing.Workloads;

/// <summary>Files of lines NAME=value that hold secrets; git ignores them.</summary>
internal static class SecretFile
{
    public const string ParametersFile = "parameters.secrets";

    /// <summary>What a person copies and fills in when the publisher is not to do it.</summary>
    public static string Template(Workload workload)
    {
        var text = new StringBuilder()
            .Append("# Copy to ").Append(workload.Name).Append(".secrets, which git ignores, and put in the values of the parameters in angle brackets;\n")
            .Append("# or publish with --create-secrets true, which does both.\n");
        return Append(text, workload, static parameter => $"<{parameter.Name}{(parameter.UriEncoded ? ", percent-encoded" : string.Empty)}>").ToString();
    }

    public static string Content(Workload workload, IReadOnlyDictionary<string, string> values) =>
        Append(new StringBuilder(), workload, parameter => Value(parameter, values)).ToString();

    public static string Value(ValuePart.Parameter parameter, IReadOnlyDictionary<string, string> values) =>
        parameter.UriEncoded ? Uri.EscapeDataString(values[parameter.Name]) : values[parameter.Name];

    public static string ParametersTemplate(WorkloadModel model) =>
        "# The parameters that all secrets are made of. --create-secrets keeps them, generates what can be, and says what is missing.\n"
        + string.Concat(model.Parameters.Select(static parameter => $"{parameter.Name}=\n"));

    public static string Parameters(IReadOnlyDictionary<string, string> values) =>
        string.Concat(values.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"{pair.Key}={pair.Value}\n"));

    /// <summary>Reads lines NAME=value; empty values, empty lines and lines that start with # count as absent.</summary>
    public static Dictionary<string, string> Parse(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            var at = line.IndexOf('=', StringComparison.Ordinal);
            if (!line.StartsWith('#') && at > 0 && at < line.Length - 1)
            {
                values[line[..at]] = line[(at + 1)..];
            }
        }

        return values;
    }

    private static StringBuilder Append(StringBuilder text, Workload workload, Func<ValuePart.Parameter, string> value) =>
        text.AppendJoin(string.Empty, workload.SecretSettings.Select(setting => $"{setting.Name}={setting.Value.Render(value)}\n"));
}
