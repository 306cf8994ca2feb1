using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Hosting.ApplicationModel;

/// <summary>A command or folder set after the resource was added; null leaves what was.</summary>
internal sealed record ExecutableOverrideAnnotation(string? Command, string? WorkingDirectory) : IResourceAnnotation;
