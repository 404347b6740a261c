using System.Text.Json;
using Patchbay.Importing.Schemas;

namespace Patchbay.Importing.Exporting;

/// <summary>
/// Writes a JSON Schema with other references in it. References are looked for where JSON Schema has them only: examples, defaults and
/// enumerations may hold members of the same names, which are data.
/// </summary>
/// <param name="json">Takes the schema.</param>
/// <param name="rewrite">Gives the reference to write, or null for one that leads nowhere.</param>
internal sealed class SchemaRewriter(Utf8JsonWriter json, Func<string, string?> rewrite)
{
    /// <param name="schema">The schema.</param>
    /// <param name="isRoot">Whether it is a document of its own: then a <c>$schema</c> of the dialect that all have is left out.</param>
    public void Write(JsonElement schema, bool isRoot = false)
    {
        if (schema.ValueKind != JsonValueKind.Object)
        {
            if (schema.ValueKind is JsonValueKind.True or JsonValueKind.False) schema.WriteTo(json);
            else json.WriteBooleanValue(true);
            return;
        }
        json.WriteStartObject();
        foreach (var member in schema.EnumerateObject())
        {
            if (isRoot && member.NameEquals("$schema") && member.Value.ValueEquals(SchemaConverter.Dialect)) continue;
            WriteKeyword(member.Name, member.Value);
        }
        json.WriteEndObject();
    }

    private void WriteKeyword(string keyword, JsonElement value)
    {
        switch (SchemaKeywords.ValueOf(keyword), value.ValueKind)
        {
            case (KeywordValue.Reference or KeywordValue.DynamicReference, JsonValueKind.String):
                WriteReference(keyword, value.GetString()!);
                break;
            case (KeywordValue.Schema or KeywordValue.Items or KeywordValue.AdditionalItems, JsonValueKind.Object):
                json.WritePropertyName(keyword);
                Write(value);
                break;
            case (KeywordValue.SchemaList or KeywordValue.Items, JsonValueKind.Array):
                json.WriteStartArray(keyword);
                foreach (var item in value.EnumerateArray()) WriteSchemaOrData(item);
                json.WriteEndArray();
                break;
            case (KeywordValue.SchemaMap or KeywordValue.PatternMap or KeywordValue.Dependencies, JsonValueKind.Object):
                json.WriteStartObject(keyword);
                foreach (var member in value.EnumerateObject())
                {
                    json.WritePropertyName(member.Name);
                    WriteSchemaOrData(member.Value);
                }
                json.WriteEndObject();
                break;
            case (KeywordValue.Discriminator, JsonValueKind.Object):
                WriteDiscriminator(value);
                break;
            default:
                json.WritePropertyName(keyword);
                value.WriteTo(json);
                break;
        }
    }

    private void WriteSchemaOrData(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Object) Write(value);
        else value.WriteTo(json);
    }

    /// <summary>A reference that leads nowhere would make the document invalid; the importer writes such ones in the same way.</summary>
    private void WriteReference(string keyword, string reference)
    {
        if (rewrite(reference) is { } rewritten) json.WriteString(keyword, rewritten);
        else json.WriteString("x-unresolved-reference", reference);
    }

    private void WriteDiscriminator(JsonElement discriminator)
    {
        json.WriteStartObject("discriminator");
        foreach (var member in discriminator.EnumerateObject())
        {
            json.WritePropertyName(member.Name);
            if (!member.NameEquals("mapping") || member.Value.ValueKind != JsonValueKind.Object)
            {
                member.Value.WriteTo(json);
                continue;
            }
            json.WriteStartObject();
            foreach (var (name, target) in member.Value.EnumerateObject().Select(mapped => (mapped.Name, mapped.Value)))
            {
                json.WritePropertyName(name);
                if (target.ValueKind == JsonValueKind.String) json.WriteStringValue(rewrite(target.GetString()!) ?? target.GetString());
                else target.WriteTo(json);
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}
