using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Capibara6.ModelEmulator.Faults;

/// <summary>The faults in force. The first that matches a request and is due strikes it.</summary>
public sealed class FaultPlan
{
    /// <summary>Most faults at once.</summary>
    public const int MaxFaults = 64;

    private readonly Lock _lock = new();
    private Entry[] _entries = [];

    public FaultPlan(IOptions<ModelEmulatorOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Set([.. options.Value.Faults]);
    }

    /// <summary>Replaces all faults; none clears them.</summary>
    /// <exception cref="ArgumentException">A value is out of range, or there are more than <see cref="MaxFaults"/>.</exception>
    public void Set(params IReadOnlyList<Fault> faults)
    {
        ArgumentNullException.ThrowIfNull(faults);
        if (faults.Count > MaxFaults)
        {
            throw new ArgumentException($"At most {MaxFaults} faults, not {faults.Count}.", nameof(faults));
        }

        foreach (var fault in faults)
        {
            Check(fault);
        }

        lock (_lock)
        {
            _entries = [.. faults.Select(fault => new Entry(fault))];
        }
    }

    /// <summary>What is in force, with how often each has struck.</summary>
    public IReadOnlyList<(Fault Fault, int Struck)> List()
    {
        lock (_lock)
        {
            return [.. _entries.Select(entry => (entry.Fault, entry.Struck))];
        }
    }

    internal Fault? Strike(string model)
    {
        lock (_lock)
        {
            return Array.Find(_entries, entry => (entry.Fault.Model is null || entry.Fault.Model == model) && entry.IsDue())?.Fault;
        }
    }

    internal static void Check(Fault fault)
    {
        var wrong = new List<ValidationResult>();
        if (fault is null || !Validator.TryValidateObject(fault, new ValidationContext(fault), wrong, validateAllProperties: true))
        {
            throw new ArgumentException(fault is null ? "A fault is null." : string.Join(' ', wrong.Select(result => result.ErrorMessage)));
        }
    }

    private sealed class Entry(Fault fault)
    {
        private int _seen;

        public Fault Fault => fault;

        public int Struck { get; private set; }

        public bool IsDue()
        {
            if (Struck >= (fault.Count ?? int.MaxValue))
            {
                return false;
            }

            _seen++;
            var due = Math.Floor(_seen * fault.Rate) > Math.Floor((_seen - 1) * fault.Rate);
            Struck += due ? 1 : 0;
            return due;
        }
    }
}
