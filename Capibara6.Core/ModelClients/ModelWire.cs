using System.Net.Http.Headers;

namespace Capibara6.Core.ModelClients;

/// <summary>One attempt at one deployment, over HTTP: the only place where bytes go to a model and come back.</summary>
internal sealed class ModelWire(ModelFleet fleet, TimeProvider time) : IDisposable
{
    private static readonly MediaTypeHeaderValue s_json = new("application/json");

    // A handler of its own, not the host's factory: the defaults set there (retries, buffering, ten-second timeouts) would
    // come on top of the resilience here, and break streams.
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        ConnectTimeout = TimeSpan.FromSeconds(2),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        AllowAutoRedirect = false,
        UseCookies = false,
        EnableMultipleHttp2Connections = true,
        MaxResponseHeadersLength = 64,
    });

    /// <summary>The whole answer.</summary>
    /// <exception cref="ModelCallException">There is none.</exception>
    public async ValueTask<ModelAnswer> AskAsync(Deployment deployment, ModelRequest request, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(deployment, request, cancellationToken);
        var bytes = await WireContent.ReadAsync(response, fleet.MaxAnswerBytes, cancellationToken);
        try
        {
            var facts = default(AnswerFacts);
            if (!facts.TryRead(bytes.Written.Span))
            {
                throw new ModelCallException(ModelFault.Garbage, "the answer is not a JSON object");
            }

            // An object with nothing but an error, as some proxies give it with status 200.
            if (facts.HasError && !facts.HasContent)
            {
                throw new ModelCallException(ModelFault.ServerError, "an error came in the place of an answer");
            }

            Judge(facts, request.MustHaveText);
            return new ModelAnswer(bytes, response.Content.Headers.ContentType?.ToString() ?? "application/json", facts);
        }
        catch
        {
            bytes.Dispose();
            throw;
        }
    }

    /// <summary>A streamed answer that has begun.</summary>
    /// <param name="caller">Ends the stream whenever the caller leaves.</param>
    /// <param name="attempt">Ends it until its first piece is there.</param>
    /// <exception cref="ModelCallException">There is none.</exception>
    public async ValueTask<ModelStream> OpenAsync(
        Deployment deployment, ModelRequest request, CancellationToken caller, CancellationToken attempt)
    {
        var response = await SendAsync(deployment, request, attempt);
        if (response.Content.Headers.ContentType?.MediaType is not "text/event-stream")
        {
            response.Dispose();
            throw new ModelCallException(ModelFault.Garbage, "the answer is not a stream of events");
        }

        return await ModelStream.OpenAsync(response, fleet.Resilience.StreamIdleTimeout, request.MustHaveText, caller, attempt);
    }

    /// <summary>Which models the endpoint has; null when it does not say.</summary>
    public async Task<IReadOnlySet<string>?> ListAsync(Deployment deployment, CancellationToken cancellationToken)
    {
        using var message = new HttpRequestMessage(HttpMethod.Get, deployment.AddressOf("models"));
        deployment.Authorize(message.Headers);
        using var response = await _http.SendAsync(message, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            throw await ModelFaults.ReadAsync(response, time, cancellationToken);
        }

        using var bytes = await WireContent.ReadAsync(response, fleet.MaxAnswerBytes, cancellationToken);
        return ModelNames.Read(bytes.Written);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>What counts as an answer to a question that wants a text.</summary>
    /// <exception cref="ModelCallException">It is none.</exception>
    internal static void Judge(in AnswerFacts facts, bool mustHaveText)
    {
        if (!mustHaveText)
        {
            return;
        }

        if (facts.Finish == "content_filter")
        {
            throw new ModelCallException(ModelFault.Refused, "the model declined to answer");
        }

        if (facts.TextLength == 0)
        {
            throw facts.Finish == "length"
                ? new ModelCallException(ModelFault.Refused, "the bound on the answer's tokens leaves no room for a word")
                : new ModelCallException(ModelFault.Garbage, "the answer is empty");
        }
    }

    private async ValueTask<HttpResponseMessage> SendAsync(Deployment deployment, ModelRequest request, CancellationToken cancellationToken)
    {
        var body = new PooledBytes(request.Body.PromptLength + 512);
        request.Body.Write(body, deployment.Upstream);
        using var message = new HttpRequestMessage(HttpMethod.Post, deployment.AddressOf(request.Path))
        {
            Content = new ReadOnlyMemoryContent(body.Written),
        };
        message.Content.Headers.ContentType = s_json;
        deployment.Authorize(message.Headers);
        var response = await _http.SendAsync(message, cancellationToken);

        // Only now is it sure that it was sent whole; after an exception it may still be on its way.
        body.Dispose();
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            throw await ModelFaults.ReadAsync(response, time, cancellationToken);
        }
    }
}
