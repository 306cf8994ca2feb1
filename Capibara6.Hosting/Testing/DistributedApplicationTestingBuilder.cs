using System.Reflection;
using Capibara6.Hosting.Testing;
using Microsoft.Extensions.Hosting;

namespace Aspire.Hosting.Testing;

/// <summary>Makes builders for tests: of an AppHost, by executing its entry point, or of an empty model.</summary>
public static class DistributedApplicationTestingBuilder
{
    /// <typeparam name="TEntryPoint">Any type of the AppHost's assembly, such as <c>Projects.My_AppHost</c>.</typeparam>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(CancellationToken cancellationToken = default)
        where TEntryPoint : class => CreateAsync<TEntryPoint>([], NoChange, cancellationToken);

    /// <param name="args">The command line of the AppHost.</param>
    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(string[] args, CancellationToken cancellationToken = default)
        where TEntryPoint : class => CreateAsync<TEntryPoint>(args, NoChange, cancellationToken);

    public static Task<IDistributedApplicationTestingBuilder> CreateAsync<TEntryPoint>(
        string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder, CancellationToken cancellationToken = default) =>
        CreateAsync(typeof(TEntryPoint), args, configureBuilder, cancellationToken);

    public static Task<IDistributedApplicationTestingBuilder> CreateAsync(Type entryPoint, CancellationToken cancellationToken = default) =>
        CreateAsync(entryPoint, [], NoChange, cancellationToken);

    public static Task<IDistributedApplicationTestingBuilder> CreateAsync(Type entryPoint, string[] args, CancellationToken cancellationToken = default) =>
        CreateAsync(entryPoint, args, NoChange, cancellationToken);

    /// <summary>Executes the entry point of the AppHost until it has made its model.</summary>
    public static async Task<IDistributedApplicationTestingBuilder> CreateAsync(
        Type entryPoint, string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entryPoint);
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(configureBuilder);
        var run = EntryPointRun.Start(
            entryPoint.Assembly, args,
            (options, settings) =>
            {
                TestingDefaults.Apply(options, settings, entryPoint.Assembly, args);
                configureBuilder(options, settings);
            },
            static _ => { });
        try
        {
            var builder = await run.Building.WaitAsync(cancellationToken).ConfigureAwait(false);
            return new TestingBuilder(builder, run.BuildAsync, run.Abandon);
        }
        catch
        {
            run.Abandon();
            throw;
        }
    }

    /// <summary>A builder of an empty model.</summary>
    public static IDistributedApplicationTestingBuilder Create(params string[] args) => Create(args, NoChange);

    /// <inheritdoc cref="Create(string[])"/>
    public static IDistributedApplicationTestingBuilder Create(
        string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> configureBuilder)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(configureBuilder);
        var test = Assembly.GetEntryAssembly() ?? typeof(DistributedApplicationTestingBuilder).Assembly;
        var builder = new DistributedApplicationBuilder(new DistributedApplicationOptions { Args = args }, (options, settings) =>
        {
            TestingDefaults.Apply(options, settings, test, args);
            configureBuilder(options, settings);
        });
        return new TestingBuilder(builder, _ => Task.FromResult(builder.Build()), static () => { });
    }

    private static void NoChange(DistributedApplicationOptions options, HostApplicationBuilderSettings settings)
    {
    }
}
