namespace Capibara6.ServiceDefaults.Clients;

/// <summary>The one error that every client integration gives when nobody told it where its server is.</summary>
internal static class ConnectionStrings
{
    public static InvalidOperationException Missing(string connectionName, params string[] sections) =>
        new($"ConnectionString is missing. It should be provided in 'ConnectionStrings:{connectionName}' or under the "
            + $"'ConnectionString' key in '{string.Join("' or '", sections)}' configuration section.");
}
