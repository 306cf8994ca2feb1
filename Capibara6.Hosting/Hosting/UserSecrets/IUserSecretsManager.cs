using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;

namespace Aspire.Hosting;

/// <summary>Keeps secrets of the AppHost in the user's own folder, outside the repository.</summary>
[Experimental("ASPIREUSERSECRETS001")]
public interface IUserSecretsManager
{
    /// <summary>True when there is a place to keep secrets: the AppHost has a UserSecretsId.</summary>
    bool IsAvailable { get; }

    string FilePath { get; }

    /// <summary>Stores a secret; false when there is no place to keep it.</summary>
    bool TrySetSecret(string name, string value);

    bool TryDeleteSecret(string name);

    /// <summary>Takes the secret from configuration, or generates it and keeps it.</summary>
    void GetOrSetSecret(IConfigurationManager configuration, string name, Func<string> valueGenerator);
}
