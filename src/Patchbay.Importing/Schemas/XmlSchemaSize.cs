using System.Globalization;
using System.Xml.Linq;

namespace Patchbay.Importing.Schemas;

/// <summary>
/// Keeps out schemas that a few lines make huge: a compiler writes content out as often as <c>maxOccurs</c> says, within each other, and
/// follows derivations by recursion.
/// </summary>
internal static class XmlSchemaSize
{
    /// <summary>How many elements the content of one type may come to when it is written out.</summary>
    private const int WidestType = 2_000;

    /// <summary>The same for all types of a schema.</summary>
    private const int WidestSchema = 200_000;

    /// <summary>How many types, groups, elements and attributes a schema may declare at its top, each of which may derive from the one before.</summary>
    private const int MostComponents = 5_000;

    private static readonly XNamespace Xsd = "http://www.w3.org/2001/XMLSchema";

    public static void Check(XElement schema, List<SchemaFault> faults)
    {
        if (schema.Elements().Count() > MostComponents)
        {
            faults.Add(XmlSchemaText.Fault(schema, FormattableString.Invariant($"declares more than {MostComponents} components; divide it into several definitions")));
            return;
        }
        var groups = new Dictionary<string, XElement>(StringComparer.Ordinal);
        foreach (var group in schema.Elements(Xsd + "group"))
        {
            if (group.Attribute("name") is { } name) groups.TryAdd(name.Value, group);
        }
        var sizes = new Dictionary<XElement, long>();
        long sum = 0;
        foreach (var type in schema.Descendants().Where(e => e.Name == Xsd + "complexType" || (e.Name == Xsd + "group" && e.Parent == schema)))
        {
            var size = SizeOf(type, groups, sizes);
            sum += size;
            if (size > WidestType)
            {
                faults.Add(XmlSchemaText.Fault(type, FormattableString.Invariant(
                    $"has a content of more than {WidestType} elements when minOccurs and maxOccurs are written out; use maxOccurs=\"unbounded\"")));
            }
        }
        if (sum > WidestSchema)
            faults.Add(XmlSchemaText.Fault(schema, FormattableString.Invariant($"has contents of more than {WidestSchema} elements when minOccurs and maxOccurs are written out")));
    }

    private static long SizeOf(XElement particle, Dictionary<string, XElement> groups, Dictionary<XElement, long> sizes)
    {
        if (sizes.TryGetValue(particle, out var known)) return known;
        // A group that leads back to itself is refused when the schema is compiled.
        sizes[particle] = 1;
        long size = 0;
        if (particle.Name == Xsd + "element" || particle.Name == Xsd + "any")
            size = 1;
        else if (particle.Name == Xsd + "group" && particle.Attribute("ref") is { } reference)
            size = groups.TryGetValue(reference.Value[(reference.Value.IndexOf(':', StringComparison.Ordinal) + 1)..], out var group) ? SizeOf(group, groups, sizes) : 1;
        else
        {
            foreach (var child in particle.Elements()) size = Math.Min(size + SizeOf(child, groups, sizes), int.MaxValue);
        }
        size = Math.Min(size * Times(particle), int.MaxValue);
        sizes[particle] = size;
        return size;
    }

    private static long Times(XElement particle)
    {
        var least = Number(particle.Attribute("minOccurs")?.Value, 1);
        var most = particle.Attribute("maxOccurs")?.Value;
        return Math.Max(1, Math.Max(least, most == "unbounded" ? 1 : Number(most, 1)));
    }

    private static long Number(string? text, long otherwise) =>
        text is null ? otherwise : long.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Min(number, int.MaxValue) : int.MaxValue;
}
