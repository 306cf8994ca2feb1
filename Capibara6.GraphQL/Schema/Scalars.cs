using System.Globalization;
using GraphQL.Types;
using GraphQLParser.AST;

namespace Capibara6.GraphQLApi.Schema;

/// <summary>A moment.</summary>
internal sealed class MomentType : DateTimeOffsetGraphType
{
    public MomentType()
    {
        Name = "DateTime";
        Description = "A moment as RFC 3339 writes it, such as 2026-11-24T05:00:00Z. Answers are in UTC.";
        this.SpecifiedBy("https://scalars.graphql.org/andimarek/date-time.html");
    }

    public override object? Serialize(object? value) => value is DateTimeOffset moment
        ? moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture)
        : base.Serialize(value);

    // What can't be read is the request's mistake, never an exception of ours.
    public override bool CanParseLiteral(GraphQLValue value) => value is GraphQLNullValue
        || (value is GraphQLStringValue text && CanParseValue(text.Value.ToString()));

    public override bool CanParseValue(object? value)
    {
        try
        {
            ParseValue(value);
            return true;
        }
        catch (Exception error) when (error is FormatException or InvalidOperationException)
        {
            return false;
        }
    }
}

/// <summary>A decimal fraction, exact.</summary>
internal sealed class MoneyType : DecimalGraphType
{
    public MoneyType()
    {
        Name = "Decimal";
        Description = "An exact decimal fraction, as a JSON number of up to 28 digits.";
        this.SpecifiedBy("https://www.rfc-editor.org/rfc/rfc8259#section-6");
    }
}

/// <summary>An id that is no entry point.</summary>
internal sealed class UuidType : GuidGraphType
{
    public UuidType()
    {
        Name = "UUID";
        Description = "A universally unique identifier of the form 00000000-0000-0000-0000-000000000000.";
        this.SpecifiedBy("https://www.rfc-editor.org/rfc/rfc9562");
    }
}

/// <summary>A number that may be larger than an Int.</summary>
internal sealed class CountType : LongGraphType
{
    public CountType()
    {
        Name = "Long";
        Description = "A whole number of up to 64 bits, as a JSON number.";
        this.SpecifiedBy("https://www.rfc-editor.org/rfc/rfc8259#section-6");
    }
}
