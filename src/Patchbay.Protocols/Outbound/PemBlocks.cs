namespace Patchbay.Protocols.Outbound;

/// <summary>One block of a PEM text (RFC 7468, section 2).</summary>
/// <param name="Label">What stands behind <c>BEGIN</c>.</param>
/// <param name="Content">The bytes; null where they are encrypted by the block's own headers (RFC 1421, 4.6.1.1), or no Base64.</param>
/// <param name="IsEncrypted">Whether the block says that it is encrypted.</param>
internal sealed record PemBlock(string Label, byte[]? Content, bool IsEncrypted)
{
    /// <summary>The label, never the content.</summary>
    public override string ToString() => Label;
}

/// <summary>
/// Finds the blocks of a PEM text in one pass, whatever stands between them. The runtime's own search starts anew for each block that is
/// never ended, and says nothing of the encrypted ones.
/// </summary>
internal static class PemBlocks
{
    private const string Begin = "-----BEGIN ";
    private const string End = "-----END ";
    private const string Dashes = "-----";

    /// <summary>Finds the blocks; those that do not end are none.</summary>
    public static List<PemBlock> Find(string text)
    {
        var blocks = new List<PemBlock>();
        string? label = null;
        var (start, encrypted) = (0, false);
        foreach (var range in text.AsSpan().Split('\n'))
        {
            var line = text.AsSpan(range).Trim();
            if (LabelOf(line, Begin) is { } begun)
            {
                (label, start, encrypted) = (begun, range.End.GetOffset(text.Length), false);
            }
            else if (label is null)
            {
                continue;
            }
            else if (LabelOf(line, End) == label)
            {
                var content = encrypted ? null : Decode(text.AsSpan(start..range.Start.Value));
                blocks.Add(new PemBlock(label, content, encrypted || label.StartsWith("ENCRYPTED ", StringComparison.Ordinal)));
                label = null;
            }
            else if (line.Contains(':'))
            {
                encrypted |= line.Contains("ENCRYPTED", StringComparison.Ordinal);
            }
        }

        return blocks;
    }

    private static string? LabelOf(ReadOnlySpan<char> line, string mark) =>
        line.StartsWith(mark, StringComparison.Ordinal) && line.EndsWith(Dashes, StringComparison.Ordinal) && line.Length >= mark.Length + Dashes.Length
            ? line[mark.Length..^Dashes.Length].ToString()
            : null;

    private static byte[]? Decode(ReadOnlySpan<char> base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64Chars(base64, bytes, out var length) && length > 0 ? bytes[..length] : null;
    }
}
