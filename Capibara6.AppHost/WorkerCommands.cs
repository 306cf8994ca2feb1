// Commands that are processes are an experiment of Aspire's (ADR 1).
#pragma warning disable ASPIREPROCESSCOMMAND001

using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

/// <summary>What the dashboard offers on the worker's row.</summary>
internal static class WorkerCommands
{
    /// <summary>Migrates as a release does, in a process of its own that does nothing else; its output is the command's result.</summary>
    /// <param name="migrateOnly">The worker's arguments for that.</param>
    public static IResourceBuilder<ProjectResource> WithMigrateCommand(this IResourceBuilder<ProjectResource> worker, params string[] migrateOnly) =>
        worker.WithProcessCommand("migrate", "Migrate the databases", async context => new ProcessCommandSpec("dotnet")
        {
            Arguments =
            [
                "run", "--project", worker.Resource.GetProjectMetadata().ProjectPath, "--no-build", "--no-launch-profile", "--configuration", Configuration,
                "--", .. migrateOnly,
            ],
            EnvironmentVariables = await SettingsAsync(worker.Resource, context),
        }, new ProcessCommandOptions
        {
            Description = "Brings the schema of the databases up to date, as a release does before its services start.",
            ConfirmationMessage = "Bring the schema of the databases up to date? There is no way back but a backup.",
            IconName = "DatabaseArrowUp",
            Progress = new CommandProgressOptions { Title = "Migrations", Message = "The databases get the schema of this version." },
        });

    /// <summary>As the orchestrator runs it: the configuration of this host.</summary>
    private static string Configuration =>
        typeof(WorkerCommands).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration ?? "Debug";

    /// <summary>What the worker is given, but for what only the orchestrator can fill in: its ports, and the names of its replicas.</summary>
    private static async Task<Dictionary<string, string>> SettingsAsync(ProjectResource worker, ExecuteCommandContext context)
    {
        var given = await ExecutionConfigurationBuilder.Create(worker).WithEnvironmentVariablesConfig().BuildAsync(
            context.Services.GetRequiredService<DistributedApplicationExecutionContext>(), context.Logger, context.CancellationToken);
        var settings = given.EnvironmentVariables
            .Where(static pair => !pair.Value.Contains("{{", StringComparison.Ordinal))
            .ToDictionary(static pair => pair.Key, static pair => pair.Value);
        settings["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        settings["OTEL_EXPORTER_OTLP_ENDPOINT"] = string.Empty;
        settings["DOTNET_SYSTEM_CONSOLE_ALLOW_ANSI_COLOR_REDIRECTION"] = "false";
        return settings;
    }
}
