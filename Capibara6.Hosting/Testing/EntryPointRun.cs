using System.Diagnostics;
using System.Reflection;
using Aspire.Hosting;
using Microsoft.Extensions.Hosting;

namespace Capibara6.Hosting.Testing;

/// <summary>
/// Executes the entry point of an AppHost up to the end of Build, on a thread of its own. It stops at the begin of Build until
/// the test goes on, so that the test can change the model that the program made.
/// </summary>
internal sealed class EntryPointRun : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private static readonly AsyncLocal<EntryPointRun?> s_current = new();

    private readonly Action<DistributedApplicationOptions, HostApplicationBuilderSettings> _constructing;
    private readonly Action<DistributedApplicationBuilder> _constructed;
    private readonly TaskCompletionSource<DistributedApplicationBuilder> _building = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<DistributedApplication> _built = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _mayBuild = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private EntryPointRun(
        Action<DistributedApplicationOptions, HostApplicationBuilderSettings> constructing, Action<DistributedApplicationBuilder> constructed)
    {
        _constructing = constructing;
        _constructed = constructed;
    }

    /// <summary>The builder, when the program has made its whole model.</summary>
    public Task<DistributedApplicationBuilder> Building => _building.Task;

    public static EntryPointRun Start(
        Assembly assembly, string[] args, Action<DistributedApplicationOptions, HostApplicationBuilderSettings> constructing,
        Action<DistributedApplicationBuilder> constructed)
    {
        var entryPoint = assembly.EntryPoint
            ?? throw new InvalidOperationException($"The assembly '{assembly.GetName().Name}' has no entry point: give a type of the AppHost.");
        var run = new EntryPointRun(constructing, constructed);
        new Thread(() => run.Execute(entryPoint, args)) { IsBackground = true, Name = $"{assembly.GetName().Name} entry point" }.Start();
        return run;
    }

    /// <summary>Lets the program build.</summary>
    public Task<DistributedApplication> BuildAsync(CancellationToken cancellationToken)
    {
        _mayBuild.TrySetResult(true);
        return _built.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Ends the program if it hasn't built yet.</summary>
    public void Abandon() => _mayBuild.TrySetResult(false);

    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener value)
    {
        // Listeners of other tests run at the same time; the program's own are made in its own flow of control.
        if (s_current.Value == this && value.Name == BuilderEvents.ListenerName)
        {
            value.Subscribe(this);
        }
    }

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> value)
    {
        switch (value.Key)
        {
            case BuilderEvents.ConstructingEvent:
                var (options, settings) = ((DistributedApplicationOptions, HostApplicationBuilderSettings))value.Value!;
                _constructing(options, settings);
                break;
            case BuilderEvents.ConstructedEvent:
                _constructed((DistributedApplicationBuilder)value.Value!);
                break;
            case BuilderEvents.BuildingEvent:
                _building.TrySetResult((DistributedApplicationBuilder)value.Value!);
                if (!_mayBuild.Task.GetAwaiter().GetResult())
                {
                    throw new EntryPointEndedException();
                }

                break;
            case BuilderEvents.BuiltEvent:
                _built.TrySetResult((DistributedApplication)value.Value!);
                throw new EntryPointEndedException();
            default:
                break;
        }
    }

    void IObserver<DiagnosticListener>.OnCompleted()
    {
    }

    void IObserver<DiagnosticListener>.OnError(Exception error)
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnCompleted()
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnError(Exception error)
    {
    }

    private void Execute(MethodInfo entryPoint, string[] args)
    {
        s_current.Value = this;
        using var subscription = DiagnosticListener.AllListeners.Subscribe(this);
        Exception ended = new InvalidOperationException("The entry point ended without building the application.");
        try
        {
            object[] arguments = entryPoint.GetParameters().Length == 0 ? [] : [args];
            var result = entryPoint.Invoke(null, BindingFlags.DoNotWrapExceptions, null, arguments, null);
            if (result is Task task)
            {
                task.GetAwaiter().GetResult();
            }
        }
        catch (EntryPointEndedException)
        {
            // As it should.
        }
        catch (Exception exception)
        {
            // Whatever the program threw is the test's to see.
            ended = exception;
        }

        _building.TrySetException(ended);
        _built.TrySetException(ended);
    }

    private sealed class EntryPointEndedException : Exception;
}
