using System.Diagnostics.CodeAnalysis;

namespace Patchbay.OAuth;

/// <summary>One thing that is wrong with an input, for a client's eyes: it repeats names, never values, which may be secrets.</summary>
/// <param name="Field">The path of the field as it stands in JSON, such as <c>answer.accessToken</c> or <c>expired[0].path</c>.</param>
/// <param name="Message">What is wrong with it, without the field's name in front: <c>is required</c>.</param>
public sealed record OAuthFault(string Field, string Message);

/// <summary>What an input was made into, or everything that is wrong with it. The default value is a failure.</summary>
/// <typeparam name="T">What a success holds.</typeparam>
public readonly struct OAuthResult<T>
    where T : class
{
    private readonly T? _value;
    private readonly IReadOnlyList<OAuthFault>? _faults;

    internal OAuthResult(T? value, IReadOnlyList<OAuthFault>? faults)
    {
        _value = value;
        _faults = faults;
    }

    /// <summary>Whether there is a value.</summary>
    public bool Succeeded => _value is not null;

    /// <summary>What is wrong: empty after a success, at least one fault otherwise.</summary>
    public IReadOnlyList<OAuthFault> Faults => _faults ?? [];

    /// <summary>Gives the value or the faults.</summary>
    /// <param name="value">The value after a success, else null.</param>
    /// <param name="faults">What is wrong; empty after a success.</param>
    /// <returns>Whether there is a value.</returns>
    public bool TryGet([NotNullWhen(true)] out T? value, out IReadOnlyList<OAuthFault> faults)
    {
        value = _value;
        faults = Faults;
        return value is not null;
    }

    /// <summary>The state, never the value: it may be a secret.</summary>
    public override string ToString() =>
        _value is null ? string.Join(' ', Faults.Select(fault => $"{fault.Field} {fault.Message}.")) : "Succeeded";
}

/// <summary>Makes results.</summary>
internal static class OAuthResult
{
    public static OAuthResult<T> Of<T>(T value)
        where T : class => new(value, faults: null);

    public static OAuthResult<T> Of<T>(IReadOnlyList<OAuthFault> faults)
        where T : class => new(value: null, faults);

    public static OAuthResult<T> Of<T>(string field, string message)
        where T : class => new(value: null, [new OAuthFault(field, message)]);
}
