using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Patchbay.Vault;

/// <summary>
/// The text form of a ring: one JSON object, nothing in it optional and nothing else allowed.
/// <code>
/// {
///   "format": "patchbay-key-ring",
///   "version": 1,
///   "active": "0123456789abcdef",
///   "keys": [
///     { "id": "0123456789abcdef", "key": "(32 bytes in base64)", "checksum": "(16 hexadecimal digits)" }
///   ]
/// }
/// </code>
/// The checksum is the start of SHA-256 over a label, the key's id and the key, so that a mistyped or cut line is told from another key.
/// </summary>
internal static class KeyRingText
{
    /// <summary>In bytes: room for hundreds of keys, and an end for what is no key file.</summary>
    public const int MaxLength = 64 * 1024;

    private const string Format = "patchbay-key-ring";
    private const int Version = 1;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 4, AllowDuplicateProperties = false };
    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n" };

    public static KeyFileResult Parse(ReadOnlySpan<char> text)
    {
        if (text.Length > MaxLength) return Malformed($"it is longer than {MaxLength} bytes");
        var utf8 = new byte[Encoding.UTF8.GetMaxByteCount(text.Length)];
        try
        {
            return Parse(utf8.AsMemory(0, Encoding.UTF8.GetBytes(text, utf8)));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(utf8);
        }
    }

    public static KeyFileResult Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8, Strict);
            return Read(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // Invalid UTF-8 or half a surrogate pair shows only when a string is read, as InvalidOperationException. The reader's own
            // message may quote the text, and with it a key.
            return Malformed(exception is JsonException { LineNumber: { } line }
                ? $"it is no complete JSON document (line {line + 1})"
                : "it is no valid Unicode text");
        }
    }

    public static string Write(KeyRing ring)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Indented))
        {
            writer.WriteStartObject();
            writer.WriteString("format", Format);
            writer.WriteNumber("version", Version);
            writer.WriteString("active", ring.ActiveKeyId);
            writer.WriteStartArray("keys");
            foreach (var key in ring.Keys)
            {
                using var lease = key.Material.Borrow();
                writer.WriteStartObject();
                writer.WriteString("id", InstanceKey.Format(key.Id));
                writer.WriteBase64String("key", lease.Bytes);
                writer.WriteString("checksum", InstanceKey.Checksum(key.Id, lease.Bytes));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        var text = Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
        buffer.Clear();
        return text;
    }

    private static KeyFileResult Read(JsonElement root)
    {
        if (Unexpected(root, "format", "version", "active", "keys") is { } fault) return Malformed(fault);
        if (Text(root, "format") != Format) return Malformed($"\"format\" is not \"{Format}\"");
        if (!root.TryGetProperty("version", out var version) || version.ValueKind != JsonValueKind.Number
            || !version.TryGetInt32(out var number) || number != Version)
        {
            return Malformed($"\"version\" is not {Version}, the only one that this program knows");
        }

        if (!InstanceKey.TryParseId(Text(root, "active"), out var active)) return Malformed("\"active\" is not a key id of 16 hexadecimal digits");
        if (!root.TryGetProperty("keys", out var entries) || entries.ValueKind != JsonValueKind.Array) return Malformed("\"keys\" is not an array");

        var keys = new Dictionary<ulong, InstanceKey>();
        var failure = ReadKeys(entries, keys);
        if (failure is null && !keys.ContainsKey(active)) failure = Malformed($"the active key {InstanceKey.Format(active)} is not among \"keys\"");
        if (failure is null) return KeyFileResult.Of(new KeyRing(keys[active], keys.Values.Where(key => key.Id != active)));

        foreach (var key in keys.Values) key.Material.Dispose();
        return failure;
    }

    private static KeyFileResult? ReadKeys(JsonElement entries, Dictionary<ulong, InstanceKey> keys)
    {
        var index = 0;
        foreach (var entry in entries.EnumerateArray())
        {
            var place = $"keys[{index++}]";
            if (Unexpected(entry, "id", "key", "checksum") is { } fault) return Malformed($"{place}: {fault}");
            if (!InstanceKey.TryParseId(Text(entry, "id"), out var id)) return Malformed($"{place}: \"id\" is not 16 hexadecimal digits");
            if (keys.ContainsKey(id)) return Malformed($"{place}: the id {InstanceKey.Format(id)} occurs twice");
            if (Text(entry, "checksum") is not { Length: InstanceKey.ChecksumLength * 2 } checksum) return Malformed($"{place}: \"checksum\" is missing or cut");
            if (!entry.TryGetProperty("key", out var value) || value.ValueKind != JsonValueKind.String || !value.TryGetBytesFromBase64(out var bytes))
            {
                return Malformed($"{place}: \"key\" is not base64");
            }

            try
            {
                if (bytes.Length != KeyMaterial.Length) return Malformed($"{place}: \"key\" has {bytes.Length} bytes instead of {KeyMaterial.Length}");
                if (!string.Equals(InstanceKey.Checksum(id, bytes), checksum, StringComparison.Ordinal))
                {
                    return KeyFileResult.Of(
                        KeyFileFault.Checksum,
                        $"The key {InstanceKey.Format(id)} does not match its checksum: it was mistyped or damaged. Restore it from a copy.");
                }

                keys.Add(id, new InstanceKey(id, KeyMaterial.CopyOf(bytes)));
            }
            finally
            {
                CryptographicOperations.ZeroMemory(bytes);
            }
        }

        return null;
    }

    private static string? Unexpected(JsonElement element, params ReadOnlySpan<string> known)
    {
        if (element.ValueKind != JsonValueKind.Object) return "it is not a JSON object";
        foreach (var property in element.EnumerateObject())
        {
            // Not repeated: a key in the wrong place would be.
            if (!known.Contains(property.Name)) return "it has a field that does not belong there";
        }

        return null;
    }

    private static string? Text(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static KeyFileResult Malformed(string what) => KeyFileResult.Of(KeyFileFault.Malformed, $"The key ring is malformed: {what}.");
}
