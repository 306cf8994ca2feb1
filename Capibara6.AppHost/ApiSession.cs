using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

/// <summary>
/// A log-in at the REST API as its administrator, for one command of the dashboard: what anybody could do by hand with the same
/// calls. The tokens stay in here and end with it.
/// </summary>
internal sealed class ApiSession : IAsyncDisposable
{
    private const string AdminName = "admin";

    /// <summary>In Development the account is one of the demo accounts, whose passwords everybody knows (docs/security.md).</summary>
    private const string DemoPassword = "admin123";

    private readonly HttpClient _client;
    private string? _refreshToken;

    /// <summary>Each call is a trace of its own, as any client's: not a step of the click, which has no trace.</summary>
    private ApiSession(Uri address) => _client = new HttpClient(
        new SocketsHttpHandler { ActivityHeadersPropagator = DistributedContextPropagator.CreateNoOutputPropagator() }) { BaseAddress = address };

    /// <exception cref="ApiCallException">The API refuses; the message says why.</exception>
    public static async Task<ApiSession> LogInAsync(
        EndpointReference endpoint, ParameterResource password, bool isDevelopment, CancellationToken cancellationToken)
    {
        if (isDevelopment)
        {
            try
            {
                return await LogInAsync(endpoint, DemoPassword, cancellationToken);
            }
            catch (ApiCallException refused) when (refused.Status == HttpStatusCode.Unauthorized)
            {
                // Made outside Development, or changed since.
            }
        }

        try
        {
            return await LogInAsync(endpoint, await password.GetValueAsync(cancellationToken), cancellationToken);
        }
        catch (ApiCallException refused) when (refused.Status == HttpStatusCode.Unauthorized)
        {
            throw new ApiCallException(
                refused.Status,
                $"The password of '{AdminName}' is not that of the parameter {password.Name}: it was changed since the account was made. Give the one that counts with --Parameters:{password.Name}=…");
        }
    }

    private static async Task<ApiSession> LogInAsync(EndpointReference endpoint, string? password, CancellationToken cancellationToken)
    {
        var session = new ApiSession(new Uri(endpoint.Url));
        try
        {
            var tokens = await session.SendAsync(
                HttpMethod.Post, "/auth/login", new { username = AdminName, password }, cancellationToken);
            session._refreshToken = tokens.GetProperty("refresh_token").GetString();
            session._client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens.GetProperty("access_token").GetString());
            return session;
        }
        catch
        {
            session._client.Dispose();
            throw;
        }
    }

    /// <returns>The answer's JSON; undefined for an empty answer.</returns>
    /// <exception cref="ApiCallException">The answer is no success; the message is that of its problem details.</exception>
    public async Task<JsonElement> SendAsync(HttpMethod method, string path, object? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = body is null ? null : JsonContent.Create(body) };
        using var response = await _client.SendAsync(request, cancellationToken);
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode
            ? text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text)
            : throw new ApiCallException(response.StatusCode, $"{method} {path}: {(int)response.StatusCode}, {Detail(text)}");
    }

    /// <summary>Ends the session of the tokens, so that a click leaves none behind.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            await SendAsync(HttpMethod.Post, "/auth/logout", new { refresh_token = _refreshToken }, CancellationToken.None);
        }
        catch (Exception error) when (error is ApiCallException or HttpRequestException)
        {
            // What was asked for is done; the session ends by its time.
        }
        finally
        {
            _client.Dispose();
        }
    }

    private static string Detail(string problem)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(problem).GetProperty("detail").GetString()!;
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return "without a reason that could be read";
        }
    }
}

/// <summary>The API answered with an error, which is the command's answer too.</summary>
internal sealed class ApiCallException(HttpStatusCode status, string message) : Exception(message)
{
    public HttpStatusCode Status { get; } = status;
}
