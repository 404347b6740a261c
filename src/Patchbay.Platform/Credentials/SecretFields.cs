using System.Security.Cryptography;
using System.Text.Json;
using Patchbay.Vault;

namespace Patchbay.Platform.Credentials;

/// <summary>Secrets of a credential that has several, by name, as they lie in the vault.</summary>
internal static class SecretFields
{
    public static byte[] Write(IReadOnlyDictionary<string, string> fields) => JsonSerializer.SerializeToUtf8Bytes(fields, JsonSerializerOptions.Default);

    public static Dictionary<string, string> Read(ReadOnlySpan<byte> secret) =>
        JsonSerializer.Deserialize<Dictionary<string, string>>(secret, JsonSerializerOptions.Default)!;

    /// <summary>Puts what is stored in the place of every placeholder.</summary>
    /// <param name="sent">What a client sent, by name; what is null was left out.</param>
    /// <param name="path">The path of the fields in the request.</param>
    /// <param name="stored">What is stored so far, or null.</param>
    public static Outcome<byte[]> Settle(IEnumerable<KeyValuePair<string, string?>> sent, string path, CredentialParts? stored)
    {
        var kept = stored?.Secret is { } secret ? Read(secret) : [];
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        var faults = new List<FieldFault>();
        foreach (var (name, value) in sent)
        {
            if (value is null)
                continue;
            if (!Redaction.IsRedacted(value))
                fields[name] = value;
            else if (kept.TryGetValue(name, out var before))
                fields[name] = before;
            else
                faults.Add(new($"{path}.{name}", "is the placeholder for a stored secret, but none is stored; send the secret itself"));
        }

        return faults.Count > 0 ? Failure.InvalidFields(faults) : Write(fields);
    }

    /// <summary>Reads what <see cref="Write"/> wrote and clears it.</summary>
    public static Dictionary<string, string> ReadAndClear(byte[] secret)
    {
        var fields = Read(secret);
        CryptographicOperations.ZeroMemory(secret);
        return fields;
    }
}
