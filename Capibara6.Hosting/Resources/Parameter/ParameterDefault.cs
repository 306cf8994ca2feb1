using System.Text.Json;
using Aspire.Hosting.Publishing;
using Capibara6.Hosting.ApplicationModel;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>The value of a parameter when none is given.</summary>
public abstract class ParameterDefault
{
    /// <summary>Writes what a deployment tool has to know to make the default.</summary>
    public abstract void WriteToManifest(ManifestPublishingContext context);

    public abstract string GetDefaultValue();
}

/// <summary>A default that is made by chance, such as a password.</summary>
public sealed class GenerateParameterDefault : ParameterDefault
{
    /// <summary>Fewest characters.</summary>
    public int MinLength { get; set; }

    public bool Lower { get; set; } = true;

    public bool Upper { get; set; } = true;

    public bool Numeric { get; set; } = true;

    public bool Special { get; set; } = true;

    public int MinLower { get; set; }

    public int MinUpper { get; set; }

    public int MinNumeric { get; set; }

    public int MinSpecial { get; set; }

    public override string GetDefaultValue() =>
        PasswordGenerator.Generate(MinLength, Lower, Upper, Numeric, Special, MinLower, MinUpper, MinNumeric, MinSpecial);

    public override void WriteToManifest(ManifestPublishingContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var writer = context.Writer;
        writer.WriteStartObject("generate");
        writer.WriteNumber("minLength", MinLength);
        WriteUnlessTrue(writer, "lower", Lower);
        WriteUnlessTrue(writer, "upper", Upper);
        WriteUnlessTrue(writer, "numeric", Numeric);
        WriteUnlessTrue(writer, "special", Special);
        WriteUnlessZero(writer, "minLower", MinLower);
        WriteUnlessZero(writer, "minUpper", MinUpper);
        WriteUnlessZero(writer, "minNumeric", MinNumeric);
        WriteUnlessZero(writer, "minSpecial", MinSpecial);
        writer.WriteEndObject();
    }

    private static void WriteUnlessTrue(Utf8JsonWriter writer, string name, bool value)
    {
        if (!value)
        {
            writer.WriteBoolean(name, value);
        }
    }

    private static void WriteUnlessZero(Utf8JsonWriter writer, string name, int value)
    {
        if (value != 0)
        {
            writer.WriteNumber(name, value);
        }
    }
}

/// <summary>A default that is known; it is published when the program says so.</summary>
internal sealed class ConstantParameterDefault(Func<string> value) : ParameterDefault
{
    public override string GetDefaultValue() => value();

    public override void WriteToManifest(ManifestPublishingContext context) => context.Writer.WriteString("value", value());
}
