using Aspire.Hosting.ApplicationModel;
using Capibara6.Hosting.ApplicationModel;
using Microsoft.Extensions.Hosting;
using Spectre.Console;

namespace Capibara6.Hosting.Orchestration.Reporting;

/// <summary>
/// Tells the user of the console what becomes of the resources: in a table that changes while they start, when a terminal
/// shows it, and in a line for each change otherwise and afterwards.
/// </summary>
internal sealed class RunReporter(
    DistributedApplicationModel model, ResourceNotificationService notifications, CommandLineRun run, RunConsole console) : BackgroundService
{
    private readonly SortedDictionary<string, ResourceRow> _rows = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, bool> _settled = new(StringComparer.OrdinalIgnoreCase);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!run.IsActive)
        {
            return;
        }

        await using var changes = notifications.WatchAsync(stoppingToken).GetAsyncEnumerator(stoppingToken);
        try
        {
            if (console.IsTerminal)
            {
                await console.Terminal.Live(Draw()).AutoClear(false).StartAsync(live => FollowStartAsync(changes, live));
            }

            while (await changes.MoveNextAsync())
            {
                if (Note(changes.Current) is { } row)
                {
                    console.WriteLine(row.ToLine());
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The run ends, and so do the news.
        }
    }

    private async Task FollowStartAsync(IAsyncEnumerator<ResourceEvent> changes, LiveDisplayContext live)
    {
        while (!AllSettled() && await changes.MoveNextAsync())
        {
            if (Note(changes.Current) is not null)
            {
                console.Draw(() => live.UpdateTarget(Draw()));
            }
        }
    }

    private bool AllSettled() => model.Resources.Where(resource => resource is not ParameterResource)
        .SelectMany(resource => ResourceInstances.GetIds(resource))
        .All(id => _settled.GetValueOrDefault(id));

    /// <returns>The row when it says something new.</returns>
    private ResourceRow? Note(ResourceEvent change)
    {
        if (ResourceRow.Of(change) is not { } row)
        {
            return null;
        }

        _settled[change.ResourceId] = ResourceRow.IsSettled(change.Snapshot);
        var known = _rows.GetValueOrDefault(change.ResourceId);
        _rows[change.ResourceId] = row;
        return known?.State == row.State ? null : row;
    }

    private Table Draw()
    {
        var table = new Table().Border(TableBorder.Rounded).AddColumns("Resource", "State", "Endpoint", "Runs as");
        foreach (var row in _rows.Values)
        {
            table.AddRow(
                new Markup(Markup.Escape(row.Name)), new Markup($"[{ColorOf(row.Style)}]{Markup.Escape(row.State)}[/]"),
                new Markup(Markup.Escape(row.Endpoints)), new Markup(Markup.Escape(row.RunsAs)));
        }

        return table;
    }

    private static string ColorOf(string? style) => style switch
    {
        "success" => "green",
        "error" => "red",
        "warning" => "yellow",
        _ => "default",
    };
}
