using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Capibara6.Tests.Hosting.Containers;

/// <summary>A client of the composed system from outside: by its public names, over TLS with the certificate that was made for it.</summary>
internal sealed class ComposedClient : IDisposable
{
    private readonly HttpClient _http;

    public ComposedClient(int port, string certificateFile)
    {
        var certificate = X509CertificateLoader.LoadCertificateFromFile(certificateFile);
        _http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, token) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync("127.0.0.1", port, token);
                return new NetworkStream(socket, ownsSocket: true);
            },
            SslOptions = new SslClientAuthenticationOptions
            {
                // Self-signed, so that only the chain may be wrong: the name has to fit.
                RemoteCertificateValidationCallback = (_, shown, _, errors) =>
                    (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == 0 && shown!.GetCertHashString() == certificate.GetCertHashString(),
            },
        });
    }

    public async Task LogInAsync(string password, CancellationToken cancellationToken)
    {
        var answer = await PostAsync("https://api.capibara6.example/auth/login", new { username = "admin", password }, cancellationToken);
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", answer.GetProperty("access_token").GetString());
    }

    /// <summary>The answer as JSON; fails with status and body when there is no success.</summary>
    public async Task<JsonElement> PostAsync(string address, object body, CancellationToken cancellationToken)
    {
        using var response = await _http.PostAsJsonAsync(address, body, cancellationToken);
        return JsonDocument.Parse(await TextAsync(response, cancellationToken)).RootElement;
    }

    public async Task<string> GetAsync(string address, CancellationToken cancellationToken)
    {
        using var response = await _http.GetAsync(address, cancellationToken);
        return await TextAsync(response, cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private static async Task<string> TextAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        return response.IsSuccessStatusCode ? text : throw new HttpRequestException($"{(int)response.StatusCode}: {text}");
    }
}
