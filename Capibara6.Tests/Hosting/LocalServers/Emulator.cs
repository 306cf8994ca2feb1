using Aspire.Hosting;

namespace Capibara6.Tests.Hosting.LocalServers;

/// <summary>A project that stands for anybody's: the build of the tests has built it.</summary>
internal sealed class Emulator : IProjectMetadata
{
    public string ProjectPath => Path.Combine(Repository.Root, "Capibara6.ModelEmulator", "Capibara6.ModelEmulator.csproj");

    public bool SuppressBuild => true;
}
