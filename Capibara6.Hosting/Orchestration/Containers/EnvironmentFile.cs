namespace Capibara6.Hosting.Orchestration.Containers;

/// <summary>A container's variables in a file that only this user can read, for as long as the runtime needs it.</summary>
internal sealed class EnvironmentFile : IDisposable
{
    private readonly string? _folder;

    /// <exception cref="ContainerException">A value can't be passed on.</exception>
    public EnvironmentFile(ContainerSpec spec)
    {
        if (spec.Environment.Count == 0)
        {
            return;
        }

        foreach (var (name, value) in spec.Environment)
        {
            if (value.AsSpan().ContainsAny('\n', '\r', '\0'))
            {
                throw new ContainerException(
                    $"The variable {name} of {spec.Name} holds a line break, which container runtimes can't take from a file. Mount a file instead.");
            }
        }

        _folder = Directory.CreateTempSubdirectory("capibara6-env-").FullName; // mode 0700
        Path = System.IO.Path.Combine(_folder, "env");
        File.WriteAllLines(Path, spec.Environment.Select(variable => $"{variable.Key}={variable.Value}"));
    }

    public string? Path { get; }

    public void Dispose()
    {
        if (_folder is not null)
        {
            Directory.Delete(_folder, recursive: true);
        }
    }
}
