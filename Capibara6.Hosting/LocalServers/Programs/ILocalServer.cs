namespace Capibara6.Hosting.LocalServers.Programs;

/// <summary>
/// How one type of server runs as a process of this machine when there is no container runtime. PostgreSQL and Redis have one; add another with
/// <c>builder.Services.AddSingleton&lt;ILocalServer, MyServer&gt;()</c> before the application starts.
/// </summary>
public interface ILocalServer
{
    /// <summary>Whether this is the type of server that it knows. The first that says yes runs it.</summary>
    bool CanRun(IResource resource);

    /// <summary>
    /// Finds the program, prepares the data, and says how to start the server, which must listen on 127.0.0.1 at the ports of
    /// <paramref name="context"/>. Called once, before anything of the application starts; a server that dies is started again with the same answer.
    /// </summary>
    /// <exception cref="LocalServerException">It can't run here. The message is all that the user sees.</exception>
    Task<LocalServerProcess> PrepareAsync(LocalServerContext context, CancellationToken cancellationToken);
}
