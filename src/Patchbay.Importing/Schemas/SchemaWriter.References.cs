using Patchbay.Importing.Messages;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Schemas;

/// <content>Keywords that name other schemas, or are named by them.</content>
internal sealed partial class SchemaWriter
{
    private void WriteReference(SourceObject schema, string keyword, SourceNode value)
    {
        if (value is not SourceScalar { Kind: SourceKind.String } text || (keyword == "$recursiveRef" && schema.Has("$ref")))
        {
            Leave(keyword, value);
            return;
        }
        if (context.Schemas.InPlace.IsCut(schema))
            WriteCut(schema, text);
        else if (context.Schemas.References.Locate(text.Text, schema) is { } located)
            json.WriteString("$ref", Refer(located));
        else
            WriteUnresolved(schema, text);
    }

    /// <summary>A dynamic reference stays one by the anchor's name, within the definition that has the anchor.</summary>
    private void WriteDynamicReference(SourceObject schema, SourceNode value)
    {
        if (value is not SourceScalar { Kind: SourceKind.String } text)
        {
            Leave("$dynamicRef", value);
            return;
        }
        if (context.Schemas.InPlace.IsCut(schema))
        {
            WriteCut(schema, text);
            return;
        }
        var located = context.Schemas.References.Locate(text.Text, schema);
        if (located is null)
        {
            WriteUnresolved(schema, text);
            return;
        }
        var fragment = text.Text[(text.Text.IndexOf('#', StringComparison.Ordinal) + 1)..];
        if (IsAnchorName(fragment) && text.Text.Contains('#', StringComparison.Ordinal))
            json.WriteString("$dynamicRef", Refer(located with { Way = [] }) + "#" + fragment);
        else if (!schema.Has("$ref"))
            json.WriteString("$ref", Refer(located));
        else
            Leave("$dynamicRef", value);
    }

    private void WriteCut(SourceObject schema, SourceScalar reference)
    {
        Log.Add(SchemaRemarks.Endless, reference, reference.Text);
        if (!schema.Has("x-cut-reference")) json.WriteString("x-cut-reference", reference.Text);
    }

    private void WriteUnresolved(SourceObject schema, SourceScalar reference)
    {
        context.References.RemarkUnresolved(reference.Text, reference);
        if (!schema.Has("x-unresolved-reference")) json.WriteString("x-unresolved-reference", reference.Text);
    }

    private void WriteAnchor(string keyword, SourceNode value)
    {
        if (value is SourceScalar { Kind: SourceKind.String } name && IsAnchorName(name.Text) && _anchors.Add(name.Text))
            json.WriteString(keyword, name.Text);
        else
            Leave(keyword, value);
    }

    /// <summary>Swagger 2.0 has the property's name alone. The mapping names schemas by reference or by bare name.</summary>
    private void WriteDiscriminator(SourceNode value)
    {
        if (value is SourceScalar { Kind: SourceKind.String } propertyName)
        {
            if (context.Dialect != SchemaDialect.Swagger20) Log.Add(SchemaRemarks.DiscriminatorName, value);
            json.WriteStartObject("discriminator");
            json.WriteString("propertyName", propertyName.Text);
            json.WriteEndObject();
            return;
        }
        if (value is not SourceObject holder)
        {
            Leave("discriminator", value);
            return;
        }
        json.WriteStartObject("discriminator");
        foreach (var (name, member) in holder.Members)
        {
            json.WritePropertyName(name);
            if (name == "mapping" && member is SourceObject mapping)
                WriteMapping(mapping);
            else if (name == "defaultMapping")
                WriteMapped(name, member, holder);
            else
                context.Json.Write(json, member);
        }
        json.WriteEndObject();
    }

    private void WriteMapping(SourceObject mapping)
    {
        json.WriteStartObject();
        foreach (var (name, target) in mapping.Members)
        {
            json.WritePropertyName(name);
            WriteMapped(name, target, mapping);
        }
        json.WriteEndObject();
    }

    /// <summary>A schema is named by a reference or by its bare name, and what could be either is a name (OpenAPI 3, section "Discriminator Object").</summary>
    private void WriteMapped(string name, SourceNode target, SourceObject at)
    {
        if (target is SourceScalar { Kind: SourceKind.String } text)
        {
            var isName = text.Text.AsSpan().IndexOfAny('/', '#') < 0;
            var references = context.Schemas.References;
            if ((isName ? references.LocateByName(text.Text, at) : references.Locate(text.Text, at)) is { } located)
            {
                json.WriteStringValue(Refer(located));
                return;
            }
        }
        Log.Add(SchemaRemarks.Mapping, target, name);
        context.Json.Write(json, target);
    }

    private string Refer(DefinitionReference reference)
    {
        Referenced.Add(reference.Definition.Name);
        return reference.ToString();
    }

    /// <summary>The syntax of anchors (JSON Schema 2020-12 core, section 8.2.2).</summary>
    public static bool IsAnchorName(string text) =>
        text is [('_' or (>= 'A' and <= 'Z') or (>= 'a' and <= 'z')), ..]
        && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '.' or '_');
}
