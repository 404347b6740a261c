using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;
using Patchbay.Importing.Messages;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Schemas;

/// <summary>
/// The stored texts of definitions. They refer to each other by name, as <c>Pet.json</c> and <c>Pet.xsd</c>, with a fragment where a part
/// of the other is meant.
/// </summary>
public static partial class SchemaText
{
    private const int DeepestStored = 512;

    internal static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = DeepestStored };

    /// <summary>Writes a stored schema with other references in the place of those to definitions.</summary>
    /// <param name="text">The stored text.</param>
    /// <param name="isXml">Whether it is an XML Schema.</param>
    /// <param name="refer">The new reference to a definition, given its name; a fragment is kept behind it. Null leaves a reference as it is.</param>
    public static string WithReferences(string text, bool isXml, Func<string, string?> refer)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(refer);
        if (isXml)
        {
            return XmlSchemaText.Read(text, []) is { } xml
                ? xml.Write(location => TryReadName(location, ".xsd", out var name, out _) ? refer(name) : null)
                : text;
        }
        return Parse(text) is { } root
            ? Write(root, reference => TryReadName(reference, ".json", out var name, out var fragment) && refer(name) is { } other ? other + fragment : null)
            : text;
    }

    /// <summary>A reference to another definition, taken apart.</summary>
    /// <param name="reference">The reference.</param>
    /// <param name="extension">What the file name ends with.</param>
    /// <param name="name">The name of the definition.</param>
    /// <param name="fragment">The fragment with its number sign; empty where there is none.</param>
    internal static bool TryReadName(string reference, string extension, out string name, out string fragment)
    {
        var hash = reference.IndexOf('#', StringComparison.Ordinal);
        var file = hash < 0 ? reference : reference[..hash];
        if (file.StartsWith("./", StringComparison.Ordinal)) file = file[2..];
        (name, fragment) = ("", hash < 0 ? "" : reference[hash..]);
        if (!file.EndsWith(extension, StringComparison.Ordinal) || !DefinitionName().IsMatch(file.AsSpan(0, file.Length - extension.Length))) return false;
        name = file[..^extension.Length];
        return true;
    }

    /// <summary>The tree of a stored JSON Schema; null where it cannot be read, which no text of ours is.</summary>
    internal static SourceNode? Parse(string text) => GivenSchema.Parse(SchemaForm.Json, text, DeepestStored, new MessageLog(), CancellationToken.None).Root;

    /// <summary>Writes a JSON Schema in the form in which schemas are kept: equal schemas give equal texts, whatever their spaces.</summary>
    /// <param name="root">The schema.</param>
    /// <param name="refer">What to write for a reference; null leaves it as it is.</param>
    /// <param name="isRoot">Whether it is a document of its own, which names its dialect. An address has neither: it is where it is read.</param>
    internal static string Write(SourceNode root, Func<string, string?> refer, bool isRoot = false)
    {
        var replaced = new Dictionary<SourceNode, string>(ReferenceEqualityComparer.Instance);
        foreach (var link in new SchemaDocument(root).Links)
        {
            if (refer(link.Value.Text) is { } other) replaced[link.Value] = other;
        }
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, WriterOptions))
        {
            if (root is SourceObject holder)
            {
                json.WriteStartObject();
                if (isRoot && !holder.Has("$schema")) json.WriteString("$schema", SchemaDocument.Draft202012);
                WriteMembers(json, holder.Members.Where(member => member.Name != "$id"), replaced);
                json.WriteEndObject();
            }
            else
            {
                Write(json, root, replaced);
            }
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, SourceNode node, Dictionary<SourceNode, string> replaced)
    {
        switch (node)
        {
            case SourceScalar scalar when replaced.TryGetValue(scalar, out var other):
                json.WriteStringValue(other);
                break;
            case SourceScalar scalar:
                JsonCopier.WriteScalar(json, scalar);
                break;
            case SourceArray array:
                json.WriteStartArray();
                foreach (var item in array.Items) Write(json, item, replaced);
                json.WriteEndArray();
                break;
            case SourceObject holder:
                json.WriteStartObject();
                WriteMembers(json, holder.Members, replaced);
                json.WriteEndObject();
                break;
        }
    }

    private static void WriteMembers(Utf8JsonWriter json, IEnumerable<SourceMember> members, Dictionary<SourceNode, string> replaced)
    {
        foreach (var (name, value) in members)
        {
            json.WritePropertyName(name);
            Write(json, value, replaced);
        }
    }

    [GeneratedRegex(@"^[a-zA-Z0-9_\-]+\z", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DefinitionName();
}
