namespace Aspire.Hosting.ApplicationModel;

/// <summary>The parameter is the name of a resource: analyzers may check its rules.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ResourceNameAttribute : Attribute;

/// <summary>The parameter is the name of an endpoint: analyzers may check its rules.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class EndpointNameAttribute : Attribute;
