using Aspire.Hosting.ApplicationModel;
using Capibara6.ResourceService.V1;
using Grpc.Core;

namespace Capibara6.Hosting.ResourceService;

/// <summary>Answers the calls of a dashboard.</summary>
internal sealed class DashboardServiceEndpoint(ResourceServiceSource source, ResourceServiceOptions options, ResourceServiceStopping stopping)
    : DashboardService.DashboardServiceBase
{
    /// <summary>Far below what a gRPC client takes in one message, however long the lines are.</summary>
    private const int MaxCharactersInMessage = 512 * 1024;

    public override Task<ApplicationInformationResponse> GetApplicationInformation(ApplicationInformationRequest request, ServerCallContext context) =>
        Task.FromResult(new ApplicationInformationResponse { ApplicationName = options.ApplicationName });

    public override Task WatchResources(
        WatchResourcesRequest request, IServerStreamWriter<WatchResourcesUpdate> responseStream, ServerCallContext context) =>
        UntilEndAsync(context, async token =>
        {
            using var subscription = source.Notifications.Subscribe();
            var initial = new InitialResourceData();
            initial.Resources.AddRange(subscription.Current.Select(ResourceMessages.ToMessage));
            await responseStream.WriteAsync(new WatchResourcesUpdate { InitialData = initial }, token).ConfigureAwait(false);
            while (await subscription.Changes.WaitToReadAsync(token).ConfigureAwait(false))
            {
                // Of several states of one instance only the last is news.
                var latest = new Dictionary<string, ResourceEvent>(StringComparer.OrdinalIgnoreCase);
                while (latest.Count < 1000 && subscription.Changes.TryRead(out var change))
                {
                    latest[change.ResourceId] = change;
                }

                var changes = new WatchResourcesChanges();
                changes.Value.AddRange(latest.Values.Select(change => new WatchResourcesChange { Upsert = ResourceMessages.ToMessage(change) }));
                await responseStream.WriteAsync(new WatchResourcesUpdate { Changes = changes }, token).ConfigureAwait(false);
            }
        });

    public override Task WatchResourceConsoleLogs(
        WatchResourceConsoleLogsRequest request, IServerStreamWriter<WatchResourceConsoleLogsUpdate> responseStream, ServerCallContext context) =>
        UntilEndAsync(context, async token =>
        {
            var batches = request.SuppressFollow ? source.Loggers.GetAllAsync(request.ResourceName) : source.Loggers.WatchAsync(request.ResourceName);
            await foreach (var batch in batches.WithCancellation(token).ConfigureAwait(false))
            {
                foreach (var update in Split(batch))
                {
                    await responseStream.WriteAsync(update, token).ConfigureAwait(false);
                }
            }
        });

    public override async Task<ResourceCommandResponse> ExecuteResourceCommand(ResourceCommandRequest request, ServerCallContext context)
    {
        if (request.Arguments.Count > 0)
        {
            return new ResourceCommandResponse
            {
                Kind = ResourceCommandResponseKind.InvalidArguments,
                Message = $"Command '{request.CommandName}' takes no arguments.",
            };
        }

        var result = await source.Commands.ExecuteCommandAsync(request.ResourceName, request.CommandName, context.CancellationToken).ConfigureAwait(false);
        return ResourceMessages.ToMessage(result);
    }

    /// <summary>This AppHost asks its user nothing by the dashboard: the stream stays open, and empty.</summary>
    public override Task WatchInteractions(
        IAsyncStreamReader<WatchInteractionsRequestUpdate> requestStream, IServerStreamWriter<WatchInteractionsResponseUpdate> responseStream, ServerCallContext context) =>
        UntilEndAsync(context, async token =>
        {
            while (await requestStream.MoveNext(token).ConfigureAwait(false))
            {
                // An answer to a question that was not asked.
            }
        });

    public override Task<UploadFileResponse> UploadFile(IAsyncStreamReader<UploadFileChunk> requestStream, ServerCallContext context) =>
        throw new RpcException(new Status(StatusCode.Unimplemented, "This AppHost takes no files."));

    private async Task UntilEndAsync(ServerCallContext context, Func<CancellationToken, Task> stream)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, stopping.Token);
        try
        {
            await stream(ending.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            // The dashboard left, or the AppHost stops.
        }
        catch (IOException) when (context.CancellationToken.IsCancellationRequested)
        {
            // The connection went while a message was on its way.
        }
    }

    private static IEnumerable<WatchResourceConsoleLogsUpdate> Split(IReadOnlyList<LogLine> lines)
    {
        var update = new WatchResourceConsoleLogsUpdate();
        var characters = 0;
        foreach (var line in lines)
        {
            if (characters > 0 && characters + line.Content.Length > MaxCharactersInMessage)
            {
                yield return update;
                update = new WatchResourceConsoleLogsUpdate();
                characters = 0;
            }

            update.LogLines.Add(new ConsoleLogLine { Text = line.Content, IsStdErr = line.IsErrorMessage, LineNumber = line.LineNumber });
            characters += line.Content.Length;
        }

        yield return update;
    }
}
