using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

/// <summary>What the dashboard offers on the REST API's row: its own calls, made as its administrator.</summary>
internal static class ApiCommands
{
    private const string Question = "What is the sum of the first 100 odd numbers? Explain it in two sentences.";
    private const int BatchSize = 12;

    private static readonly TimeSpan s_batchLooks = TimeSpan.FromMilliseconds(250);

    public static IResourceBuilder<ProjectResource> WithApiCommands(
        this IResourceBuilder<ProjectResource> api, IResourceBuilder<ParameterResource> adminPassword)
    {
        void Offer(string name, string text, CommandOptions options, Func<ApiSession, CancellationToken, Task<ExecuteCommandResult>> run)
        {
            options.UpdateState = static context =>
                context.ResourceSnapshot.HealthStatus == HealthStatus.Healthy ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;
            api.WithCommand(name, text, context => RunAsync(api, adminPassword, run, context.CancellationToken), options);
        }

        Offer("send-sample-query", "Send a sample query", new CommandOptions
        {
            Description = "Send a sample query, past the cache, and show the answer.",
            IconName = "Send",
            IsHighlighted = true,
        }, SendQueryAsync);
        Offer("run-sample-batch", "Run a sample batch", new CommandOptions
        {
            Description = $"Hands in a batch of {BatchSize} questions and waits until the workers have answered them.",
            IconName = "TaskListLtr",
            Progress = new CommandProgressOptions { Title = "Sample batch", Message = $"The workers answer {BatchSize} questions." },
        }, RunBatchAsync);
        Offer("clear-cache", "Clear the cache", new CommandOptions
        {
            Description = "Forgets all cached answers, on every replica.",
            ConfirmationMessage = "Forget all cached answers? Whoever asks the same again waits for a model again.",
            IconName = "Broom",
        }, ClearCacheAsync);
        Offer("rotate-signing-keys", "Rotate the signing keys", new CommandOptions
        {
            Description = "Signs tokens with a new key from now on; those that are out go on counting.",
            ConfirmationMessage = "Sign tokens with a new key from now on? Tokens that are out go on counting until their time ends; that can't be undone.",
            IconName = "KeyReset",
        }, RotateKeysAsync);
        return api;
    }

    private static async Task<ExecuteCommandResult> RunAsync(
        IResourceBuilder<ProjectResource> api,
        IResourceBuilder<ParameterResource> adminPassword,
        Func<ApiSession, CancellationToken, Task<ExecuteCommandResult>> run,
        CancellationToken cancellationToken)
    {
        try
        {
            await using var session = await ApiSession.LogInAsync(api.GetEndpoint("http"), adminPassword.Resource, api.ApplicationBuilder.Environment.IsDevelopment(), cancellationToken);
            return await run(session, cancellationToken);
        }
        catch (Exception error) when (error is ApiCallException or HttpRequestException)
        {
            return CommandResults.Failure(error.Message);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return CommandResults.Canceled();
        }
    }

    private static async Task<ExecuteCommandResult> SendQueryAsync(ApiSession session, CancellationToken cancellationToken)
    {
        var answer = await session.SendAsync(HttpMethod.Post, "/api/v1/query", new { query = Question, use_cache = false }, cancellationToken);
        var routing = answer.GetProperty("routing");
        var usage = answer.GetProperty("usage");
        var time = answer.GetProperty("processing_time_ms").GetDouble().ToString("0", CultureInfo.InvariantCulture);
        var message = $"{answer.GetProperty("model_used").GetString()} answered in {time} ms.";
        return CommandResults.Success(message, $"""
            **{Question}**

            {answer.GetProperty("result").GetString()}

            {message} {routing.GetProperty("reasoning").GetString()}
            Tokens: {usage.GetProperty("prompt_tokens")} in, {usage.GetProperty("completion_tokens")} out.
            """, CommandResultFormat.Markdown, displayImmediately: true);
    }

    private static async Task<ExecuteCommandResult> RunBatchAsync(ApiSession session, CancellationToken cancellationToken)
    {
        var batch = await session.SendAsync(HttpMethod.Post, "/api/v1/batch", new
        {
            queries = Enumerable.Range(1, BatchSize).Select(static number => $"What is {number} times {number}?"),
            priority = "high",
        }, cancellationToken);
        var id = batch.GetProperty("id").GetString();
        while (batch.GetProperty("finished_at").ValueKind == JsonValueKind.Null)
        {
            await Task.Delay(s_batchLooks, TimeProvider.System, cancellationToken);
            batch = await session.SendAsync(HttpMethod.Get, $"/api/v1/batch/{id}", null, cancellationToken);
        }

        var succeeded = batch.GetProperty("succeeded").GetInt32();
        var time = batch.GetProperty("finished_at").GetDateTimeOffset() - batch.GetProperty("created_at").GetDateTimeOffset();
        var message = string.Create(CultureInfo.InvariantCulture, $"{succeeded} of {BatchSize} questions answered in {time.TotalSeconds:0.0} s: batch {id}.");
        return succeeded == BatchSize ? CommandResults.Success(message) : CommandResults.Failure(message);
    }

    private static async Task<ExecuteCommandResult> ClearCacheAsync(ApiSession session, CancellationToken cancellationToken)
    {
        await session.SendAsync(HttpMethod.Delete, "/api/v1/cache", null, cancellationToken);
        return CommandResults.Success("All cached answers are forgotten.");
    }

    private static async Task<ExecuteCommandResult> RotateKeysAsync(ApiSession session, CancellationToken cancellationToken)
    {
        await session.SendAsync(HttpMethod.Post, "/auth/signing-keys", new { revoke_old = false }, cancellationToken);
        var keys = await session.SendAsync(HttpMethod.Get, "/.well-known/jwks.json", null, cancellationToken);
        return CommandResults.Success($"The new key is published; {keys.GetProperty("keys").GetArrayLength()} keys verify tokens now.");
    }
}
