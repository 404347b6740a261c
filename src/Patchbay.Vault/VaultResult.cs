using System.Diagnostics.CodeAnalysis;

namespace Patchbay.Vault;

/// <summary>Why sealed bytes could not be opened.</summary>
public enum VaultFailure
{
    /// <summary>The bytes are not of a layout that this version knows: too short, or another version byte.</summary>
    Malformed,

    /// <summary>The ring holds no key of the id that the bytes name: a wrong key file, or a key that was taken out of the ring too early.</summary>
    UnknownKey,

    /// <summary>Authentication failed: the bytes were changed, belong to another context, or were sealed under another key.</summary>
    Tampered,
}

/// <summary>What was opened, or why it could not be. The default value is a failure.</summary>
/// <typeparam name="T">What a success holds.</typeparam>
public readonly struct VaultResult<T>
    where T : class
{
    private readonly T? _value;
    private readonly VaultFailure _failure;

    private VaultResult(T? value, VaultFailure failure)
    {
        _value = value;
        _failure = failure;
    }

    /// <summary>Whether there is a value.</summary>
    public bool Succeeded => _value is not null;

    /// <summary>The reason, or null after a success.</summary>
    public VaultFailure? Failure => _value is null ? _failure : null;

    /// <summary>Gives the value or the reason.</summary>
    /// <param name="value">The value after a success, else null.</param>
    /// <param name="failure">The reason after a failure; without meaning after a success.</param>
    /// <returns>Whether there is a value.</returns>
    public bool TryGet([NotNullWhen(true)] out T? value, out VaultFailure failure)
    {
        value = _value;
        failure = _failure;
        return value is not null;
    }

    /// <summary>The state, never the value: it may be a secret.</summary>
    public override string ToString() => _value is null ? _failure.ToString() : "Opened";

    internal static VaultResult<T> Of(T value) => new(value, default);

    internal static VaultResult<T> Of(VaultFailure failure) => new(null, failure);
}
