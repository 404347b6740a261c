using System.Diagnostics.CodeAnalysis;

namespace Patchbay.Protocols;

/// <summary>What an input was read as, or everything that is wrong with it.</summary>
/// <typeparam name="T">What a success holds.</typeparam>
public readonly struct Outcome<T>
    where T : class
{
    private readonly T? _value;
    private readonly IReadOnlyList<Fault>? _faults;

    internal Outcome(T? value, IReadOnlyList<Fault>? faults)
    {
        _value = value;
        _faults = faults;
    }

    /// <summary>Whether there is a value.</summary>
    public bool Succeeded => _value is not null;

    /// <summary>What is wrong: empty after a success, at least one fault otherwise.</summary>
    public IReadOnlyList<Fault> Faults => _faults ?? [];

    /// <summary>Gives the value or the faults.</summary>
    /// <param name="value">The value after a success, else null.</param>
    /// <param name="faults">What is wrong; empty after a success.</param>
    /// <returns>Whether there is a value.</returns>
    public bool TryGet([NotNullWhen(true)] out T? value, out IReadOnlyList<Fault> faults)
    {
        value = _value;
        faults = Faults;
        return value is not null;
    }

    /// <summary>The state, never the value: it may hold a secret.</summary>
    public override string ToString() => _value is null ? string.Join(' ', Faults.Select(fault => fault.Message)) : "Succeeded";
}

/// <summary>Makes outcomes.</summary>
internal static class Outcome
{
    public static Outcome<T> Of<T>(T value)
        where T : class => new(value, faults: null);

    public static Outcome<T> Of<T>(params IReadOnlyList<Fault> faults)
        where T : class => new(value: null, faults);

    public static Outcome<T> Of<T>(FaultKind kind, string subject, string message)
        where T : class => new(value: null, [new Fault(kind, subject, message)]);
}
