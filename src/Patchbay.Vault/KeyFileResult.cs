using System.Diagnostics.CodeAnalysis;

namespace Patchbay.Vault;

/// <summary>What is wrong with a key file.</summary>
public enum KeyFileFault
{
    /// <summary>There is no file at the path.</summary>
    Missing,

    /// <summary>The file cannot be read: permissions, a directory, or the disk.</summary>
    Unreadable,

    /// <summary>The text is not a key ring: cut off, of another version, or something else altogether.</summary>
    Malformed,

    /// <summary>A key does not match its checksum: mistyped or damaged, as opposed to merely being another key.</summary>
    Checksum,

    /// <summary>There is a file at the path already, and it was left alone.</summary>
    AlreadyExists,

    /// <summary>The file cannot be written: permissions, a missing directory, or the disk.</summary>
    Unwritable,
}

/// <summary>A ring that was read, or what is wrong; neither repeats a key.</summary>
public sealed class KeyFileResult
{
    private KeyFileResult(KeyRing? ring, KeyFileFault? fault, string message, string? warning)
    {
        Ring = ring;
        Fault = fault;
        Message = message;
        Warning = warning;
    }

    /// <summary>The ring, which the caller disposes, or null.</summary>
    public KeyRing? Ring { get; }

    /// <summary>What is wrong, or null after a success.</summary>
    public KeyFileFault? Fault { get; }

    /// <summary>What is wrong, in a sentence for the operator; empty after a success.</summary>
    public string Message { get; }

    /// <summary>What an operator should be told although the ring was read, or null.</summary>
    public string? Warning { get; }

    /// <summary>Whether there is a ring.</summary>
    [MemberNotNullWhen(true, nameof(Ring))]
    [MemberNotNullWhen(false, nameof(Fault))]
    public bool Succeeded => Ring is not null;

    internal static KeyFileResult Of(KeyRing ring) => new(ring, fault: null, string.Empty, warning: null);

    internal static KeyFileResult Of(KeyFileFault fault, string message) => new(ring: null, fault, message, warning: null);

    internal KeyFileResult With(string? warning) => new(Ring, Fault, Message, warning);
}
