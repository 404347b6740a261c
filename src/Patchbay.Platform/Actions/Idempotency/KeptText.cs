using System.Security.Cryptography;

namespace Patchbay.Platform.Actions.Idempotency;

/// <summary>What is sealed of a call: the fingerprint of its request, and behind it the outcome.</summary>
/// <param name="Fingerprint">Of the request.</param>
/// <param name="Outcome">The outcome; empty where there is none.</param>
internal sealed record KeptText(byte[] Fingerprint, byte[] Outcome)
{
    public byte[] Write() => [.. Fingerprint, .. Outcome];

    /// <summary>Reads what was opened, and clears it.</summary>
    public static KeptText ReadAndClear(byte[] opened)
    {
        var text = new KeptText(opened[..RequestFingerprint.Length], opened[RequestFingerprint.Length..]);
        CryptographicOperations.ZeroMemory(opened);
        return text;
    }

    /// <summary>The type, never what was kept.</summary>
    public override string ToString() => nameof(KeptText);
}
