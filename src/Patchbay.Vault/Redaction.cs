namespace Patchbay.Vault;

/// <summary>What stands where a secret would: it goes out in place of every secret, and coming back it means "keep what is stored".</summary>
public static class Redaction
{
    /// <summary>The placeholder.</summary>
    public const string Placeholder = "[redacted]";

    /// <summary>Whether a value is the placeholder, byte for byte.</summary>
    /// <param name="value">A value that a caller sent; null is none.</param>
    public static bool IsRedacted(string? value) => string.Equals(value, Placeholder, StringComparison.Ordinal);
}
