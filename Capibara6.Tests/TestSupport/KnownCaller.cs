using System.Collections.Concurrent;
using System.Net.Http.Headers;
using Capibara6.Core.Identity;
using Capibara6.Core.Identity.Credentials;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Capibara6.Tests;

/// <summary>
/// A caller with a role, for tests of what comes after identity: `services.AddKnownCaller()` in the host and
/// `KnownCaller.SignIn(client)` on the client. Tests of identity itself use the real thing.
/// </summary>
internal static class KnownCaller
{
    private const string TokenPrefix = "known-";

    public static Guid AccountId { get; } = Guid.Parse("0197a3c0-0000-7000-8000-0000000000aa");

    /// <summary>Tokens that count no more, such as <c>revocable</c>, which is a developer's until then.</summary>
    public static ConcurrentBag<string> Revoked { get; } = [];

    public static void SignIn(HttpClient client, string role = Roles.Admin) =>
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", TokenOf(role));

    public static string TokenOf(string role) => TokenPrefix + role;

    public static IServiceCollection AddKnownCaller(this IServiceCollection services)
    {
        services.RemoveAll<ICredentials>();
        return services.AddSingleton<ICredentials, KnownCredentials>();
    }

    private sealed class KnownCredentials : ICredentials
    {
        public ValueTask<CredentialCheck> CheckTokenAsync(string token, string client, CancellationToken cancellationToken)
        {
            if (token == "revocable" && !Revoked.Contains(token))
            {
                token = TokenOf(Roles.Developer);
            }

            var role = token.StartsWith(TokenPrefix, StringComparison.Ordinal) ? token[TokenPrefix.Length..] : "";
            return ValueTask.FromResult<CredentialCheck>(Roles.Exists(role)
                ? new CredentialCheck.Accepted(new Identified(
                    new Caller(AccountId, role, Roles.PermissionsOf([role])), [role], null, new Dictionary<string, int>()))
                : new CredentialCheck.Rejected("not a known caller"));
        }

        public ValueTask<CredentialCheck> CheckApiKeyAsync(string key, string client, CancellationToken cancellationToken) =>
            CheckTokenAsync(key, client, cancellationToken);

        public ValueTask<CredentialCheck> CheckLocalAsync(string role, CancellationToken cancellationToken) => CheckTokenAsync("", "", cancellationToken);

        public ValueTask<CredentialCheck> CheckExternalAsync(
            string externalId, string name, IReadOnlyCollection<string> roles, CancellationToken cancellationToken) =>
            ValueTask.FromResult<CredentialCheck>(new CredentialCheck.Rejected("not a known caller"));
    }
}
