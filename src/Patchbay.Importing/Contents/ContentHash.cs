using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Patchbay.Importing.Contents;

/// <summary>
/// The hash over everything in a version, whatever the ids and the order: equal exactly when the contents are. Each field is written with
/// its length, so that no two different lists give the same bytes.
/// </summary>
public static class ContentHash
{
    /// <summary>The hash of contents.</summary>
    /// <param name="contents">The contents.</param>
    public static byte[] Of(ConnectorContents contents)
    {
        ArgumentNullException.ThrowIfNull(contents);
        return Of(
            contents.Actions.Select(action => new HashedPart(action.Name, SHA256.HashData(ContentJson.ToBytes(action)))),
            contents.Triggers.Select(trigger => new HashedPart(trigger.Name, SHA256.HashData(ContentJson.ToBytes(trigger)))),
            contents.Definitions.Select(definition => new HashedDefinition(
                definition.Name, definition.ContentType, definition.Description, definition.Accept, SHA256.HashData(Encoding.UTF8.GetBytes(definition.Schema)))));
    }

    /// <summary>The hash of contents whose parts are hashed already.</summary>
    /// <param name="actions">The actions.</param>
    /// <param name="triggers">The triggers.</param>
    /// <param name="definitions">The definitions.</param>
    public static byte[] Of(IEnumerable<HashedPart> actions, IEnumerable<HashedPart> triggers, IEnumerable<HashedDefinition> definitions)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var action in actions.OrderBy(part => part.Name, StringComparer.Ordinal))
            Append("action"u8, Encoding.UTF8.GetBytes(action.Name), action.Hash);
        foreach (var trigger in triggers.OrderBy(part => part.Name, StringComparer.Ordinal))
            Append("trigger"u8, Encoding.UTF8.GetBytes(trigger.Name), trigger.Hash);
        foreach (var definition in definitions.OrderBy(part => part.Name, StringComparer.Ordinal))
        {
            Append("definition"u8, JsonSerializer.SerializeToUtf8Bytes<string?[]>(
                [definition.Name, definition.ContentType, definition.Description, .. definition.Accept]), definition.Hash);
        }
        return hash.GetHashAndReset();

        void Append(ReadOnlySpan<byte> kind, ReadOnlySpan<byte> what, ReadOnlySpan<byte> content)
        {
            hash.AppendData(kind);
            hash.AppendData(BitConverter.GetBytes(what.Length));
            hash.AppendData(what);
            hash.AppendData(content);
        }
    }
}

/// <summary>An action or trigger, by the hash of its JSON.</summary>
/// <param name="Name">The name.</param>
/// <param name="Hash">SHA-256 of what <see cref="ContentJson.ToBytes"/> gives.</param>
public sealed record HashedPart(string Name, byte[] Hash);

/// <summary>A definition, by the hash of its schema's text.</summary>
/// <param name="Name">The name.</param>
/// <param name="ContentType">The media type of the schema.</param>
/// <param name="Description">What it describes, or null.</param>
/// <param name="Accept">The media types of its data.</param>
/// <param name="Hash">SHA-256 of the schema in UTF-8.</param>
public sealed record HashedDefinition(string Name, string ContentType, string? Description, IReadOnlyList<string> Accept, byte[] Hash);
