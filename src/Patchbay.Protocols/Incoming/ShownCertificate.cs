using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Patchbay.Protocols.Outbound;

namespace Patchbay.Protocols.Incoming;

/// <summary>Reads the certificate that a proxy writes into a header, in the ways in which proxies do.</summary>
public static class ShownCertificate
{
    /// <summary>Reads a header's value: the field of RFC 9440, PEM with its line breaks percent-encoded, or bare Base64.</summary>
    /// <param name="text">The value.</param>
    /// <returns>The certificate, which the caller disposes; null where there is none in it.</returns>
    public static X509Certificate2? Parse(string? text)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > ClientCertificate.MaxPemLength) return null;
        var plain = text.Contains('%', StringComparison.Ordinal) ? Uri.UnescapeDataString(text) : text;
        try
        {
            return BytesOf(plain.Trim()) is { } bytes ? X509CertificateLoader.LoadCertificate(bytes) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private static byte[]? BytesOf(string text)
    {
        if (text.StartsWith("-----BEGIN", StringComparison.Ordinal))
        {
            // Some proxies put a space or a tab in the place of each line break.
            var lines = text.Contains('\n', StringComparison.Ordinal) ? text : WithLines(text);
            return PemBlocks.Find(lines).Find(b => b.Label == "CERTIFICATE")?.Content;
        }

        var base64 = text.Trim(':', '"');
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) && length > 0 ? bytes[..length] : null;
    }

    private static string WithLines(string text)
    {
        const string Begin = "-----BEGIN CERTIFICATE-----";
        const string End = "-----END CERTIFICATE-----";
        var end = text.IndexOf(End, StringComparison.Ordinal);
        return text.StartsWith(Begin, StringComparison.Ordinal) && end > 0
            ? $"{Begin}\n{text[Begin.Length..end].Replace(" ", "", StringComparison.Ordinal).Replace("\t", "", StringComparison.Ordinal)}\n{End}\n"
            : text;
    }
}
