using Aspire.Hosting.ApplicationModel;

namespace Capibara6.Hosting.Deployment;

/// <summary>A release runs the resource once with these arguments to bring the databases' schema up to date.</summary>
public sealed record MigrationsAnnotation(IReadOnlyList<string> Args) : IResourceAnnotation;

/// <summary>The server's databases are dumped by a schedule and kept for some days.</summary>
/// <param name="Schedule">A cron expression of five fields, in UTC.</param>
/// <param name="KeepDays">1 or more.</param>
public sealed record BackupsAnnotation(string Schedule, int KeepDays) : IResourceAnnotation;
