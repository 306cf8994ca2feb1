using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aspire.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.UserSecrets;

namespace Capibara6.Hosting.UserSecrets;

/// <summary>The user secrets file of the AppHost: flat keys, as <c>dotnet user-secrets</c> writes them.</summary>
internal sealed class UserSecretsManager(string filePath) : IUserSecretsManager
{
    private static readonly JsonSerializerOptions s_json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly Lock _gate = new();

    public bool IsAvailable => true;

    public string FilePath { get; } = filePath;

    /// <summary>The manager for the identifier in the environment or the assembly; one that keeps nothing when there is none.</summary>
    public static IUserSecretsManager For(Assembly? appHost)
    {
        var id = Environment.GetEnvironmentVariable("ASPIRE_USER_SECRETS_ID");
        id = string.IsNullOrEmpty(id) ? appHost?.GetCustomAttribute<UserSecretsIdAttribute>()?.UserSecretsId : id;
        if (string.IsNullOrEmpty(id))
        {
            return new NoUserSecretsManager();
        }

        try
        {
            return new UserSecretsManager(PathHelper.GetSecretsPathFromSecretsId(id));
        }
        catch (InvalidOperationException)
        {
            // Neither APPDATA nor HOME nor a fallback is set: there is no folder of the user.
            return new NoUserSecretsManager();
        }
    }

    public bool TrySetSecret(string name, string value) => Change(secrets => secrets[name] = value);

    public bool TryDeleteSecret(string name) => Change(secrets => secrets.Remove(name));

    public void GetOrSetSecret(IConfigurationManager configuration, string name, Func<string> valueGenerator)
    {
        if (!string.IsNullOrEmpty(configuration[name]))
        {
            return;
        }

        var value = valueGenerator();
        configuration.AddInMemoryCollection([KeyValuePair.Create(name, (string?)value)]);
        TrySetSecret(name, value);
    }

    private bool Change(Action<JsonObject> change)
    {
        try
        {
            lock (_gate)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
                using var exclusive = new FileStream(FilePath + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);
                var secrets = File.Exists(FilePath)
                    ? JsonNode.Parse(File.ReadAllText(FilePath), null, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })?.AsObject() ?? []
                    : [];
                change(secrets);
                Write(secrets.ToJsonString(s_json));
            }

            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private void Write(string content)
    {
        var temporary = FilePath + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var writer = new StreamWriter(temporary, options))
        {
            writer.Write(content);
        }

        File.Move(temporary, FilePath, overwrite: true);
    }
}

/// <summary>Keeps nothing: generated values last for one run.</summary>
internal sealed class NoUserSecretsManager : IUserSecretsManager
{
    public bool IsAvailable => false;

    public string FilePath => string.Empty;

    public bool TrySetSecret(string name, string value) => false;

    public bool TryDeleteSecret(string name) => false;

    public void GetOrSetSecret(IConfigurationManager configuration, string name, Func<string> valueGenerator)
    {
        if (string.IsNullOrEmpty(configuration[name]))
        {
            configuration.AddInMemoryCollection([KeyValuePair.Create(name, (string?)valueGenerator())]);
        }
    }
}
