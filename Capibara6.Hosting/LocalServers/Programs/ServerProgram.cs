namespace Capibara6.Hosting.LocalServers.Programs;

/// <summary>The program of a server that was found on this machine.</summary>
/// <param name="Program">Full path.</param>
/// <param name="Product">PostgreSQL, Redis, Valkey or Garnet.</param>
/// <param name="Version">As the program states it.</param>
internal sealed record ServerProgram(string Program, string Product, string Version)
{
    public string Folder => Path.GetDirectoryName(Program)!;
    public string Description => $"{Product} {Version} from {Folder}";
}
