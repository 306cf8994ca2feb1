using System.Runtime.CompilerServices;
using System.Text;
using Capibara6.Hosting.ApplicationModel;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>Builds a <see cref="ReferenceExpression"/> in steps.</summary>
public class ReferenceExpressionBuilder
{
    private readonly StringBuilder _format = new();
    private readonly List<IValueProvider> _providers = [];
    private readonly List<string> _manifestExpressions = [];
    private readonly List<string?> _stringFormats = [];

    public bool IsEmpty => _format.Length == 0;

    /// <summary>Appends an interpolated string whose holes are texts, values or resources.</summary>
    public void Append([InterpolatedStringHandlerArgument("")] in ReferenceExpressionBuilderInterpolatedStringHandler handler)
    {
    }

    public void AppendLiteral(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        _format.Append(value.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));
    }

    public void AppendFormatted(string? value) => AppendFormatted(value, null);

    public void AppendFormatted(string? value, string? format = null) => AppendLiteral(ExpressionFormats.Apply(value, format) ?? string.Empty);

    public void AppendFormatted<T>(T valueProvider) where T : IValueProvider, IManifestExpressionProvider =>
        AppendFormatted(valueProvider, null);

    public void AppendFormatted<T>(T valueProvider, string? format) where T : IValueProvider, IManifestExpressionProvider
    {
        ArgumentNullException.ThrowIfNull(valueProvider);
        AppendHole(valueProvider, valueProvider.ValueExpression, format);
    }

    /// <summary>Appends a value that is a text, or both a value provider and an expression provider, or a builder of one.</summary>
    /// <exception cref="ArgumentException">It is none of these.</exception>
    public void AppendValueProvider(object valueProvider, string? format = null)
    {
        ArgumentNullException.ThrowIfNull(valueProvider);
        switch (valueProvider)
        {
            case string text:
                AppendFormatted(text, format);
                break;
            case IResourceBuilder<IResource> { Resource: IValueProvider and IManifestExpressionProvider } builder:
                AppendValueProvider(builder.Resource, format);
                break;
            case IValueProvider provider when valueProvider is IManifestExpressionProvider expression:
                AppendHole(provider, expression.ValueExpression, format);
                break;
            default:
                throw new ArgumentException(
                    $"A value of type {valueProvider.GetType().Name} can't be part of an expression: it must be a string or implement "
                    + $"{nameof(IValueProvider)} and {nameof(IManifestExpressionProvider)}.", nameof(valueProvider));
        }
    }

    public ReferenceExpression Build() => IsEmpty
        ? ReferenceExpression.Empty
        : new ReferenceExpression(_format.ToString(), [.. _providers], [.. _manifestExpressions], [.. _stringFormats]);

    private void AppendHole(IValueProvider provider, string manifestExpression, string? format)
    {
        ExpressionFormats.Validate(format);
        _format.Append('{').Append(_providers.Count).Append('}');
        _providers.Add(provider);
        _manifestExpressions.Add(manifestExpression);
        _stringFormats.Add(format);
    }

    /// <summary>Takes the parts of an interpolated string for <see cref="Append"/>.</summary>
    [InterpolatedStringHandler]
    public ref struct ReferenceExpressionBuilderInterpolatedStringHandler
    {
        private readonly ReferenceExpressionBuilder _builder;

        public ReferenceExpressionBuilderInterpolatedStringHandler(int literalLength, int formattedCount, ReferenceExpressionBuilder builder)
        {
            _ = (literalLength, formattedCount);
            _builder = builder;
        }

        public readonly void AppendLiteral(string value) => _builder.AppendLiteral(value);

        public readonly void AppendFormatted(string? value) => _builder.AppendFormatted(value);

        public void AppendFormatted(string? value, string format) => _builder.AppendFormatted(value, format);

        public void AppendFormatted<T>(T valueProvider) where T : IValueProvider, IManifestExpressionProvider =>
            _builder.AppendFormatted(valueProvider);

        public void AppendFormatted<T>(T valueProvider, string? format) where T : IValueProvider, IManifestExpressionProvider =>
            _builder.AppendFormatted(valueProvider, format);

        public void AppendFormatted<T>(IResourceBuilder<T> valueProvider) where T : IResource, IValueProvider, IManifestExpressionProvider =>
            _builder.AppendFormatted(valueProvider.Resource);

        public void AppendFormatted<T>(IResourceBuilder<T> valueProvider, string? format)
            where T : IResource, IValueProvider, IManifestExpressionProvider =>
            _builder.AppendFormatted(valueProvider.Resource, format);
    }
}
