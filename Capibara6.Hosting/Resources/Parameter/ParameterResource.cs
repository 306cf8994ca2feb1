namespace Aspire.Hosting.ApplicationModel;

/// <summary>A value that is given from outside: by configuration, or by a default.</summary>
public class ParameterResource : Resource, IExpressionValue
{
    private readonly Lazy<string> _value;

    /// <param name="callback">Reads the value; it gets the default.</param>
    public ParameterResource(string name, Func<ParameterDefault?, string> callback, bool secret = false) : base(name)
    {
        ArgumentNullException.ThrowIfNull(callback);
        _value = new Lazy<string>(() => callback(Default), LazyThreadSafetyMode.ExecutionAndPublication);
        Secret = secret;
    }

    /// <exception cref="MissingParameterValueException">There is no value.</exception>
    [Obsolete("Use GetValueAsync.")]
    public string Value => ReadValue();

    public ParameterDefault? Default { get; set; }

    /// <summary>True when the value must not be shown.</summary>
    public bool Secret { get; }

    /// <summary>True when the value is a connection string, read from <c>ConnectionStrings</c>.</summary>
    public bool IsConnectionString { get; set; }

    public string? Description { get; set; }

    public bool EnableDescriptionMarkdown { get; set; }

    public string ValueExpression => IsConnectionString ? $"{{{Name}.connectionString}}" : $"{{{Name}.value}}";

    /// <summary>The key that the value is read from.</summary>
    internal string ConfigurationKey { get => field ?? (IsConnectionString ? $"ConnectionStrings:{Name}" : $"Parameters:{Name}"); set; }

    public ValueTask<string?> GetValueAsync(CancellationToken cancellationToken) => new(ReadValue());

    public ValueTask<string?> GetValueAsync(ValueProviderContext _, CancellationToken cancellationToken) => GetValueAsync(cancellationToken);

    internal string ReadValue() => _value.Value;
}
