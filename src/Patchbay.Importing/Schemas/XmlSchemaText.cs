using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Patchbay.Importing.Schemas;

/// <summary>
/// An XML Schema (XSD 1.0) as text, and its references to others. Nothing is ever fetched, and there is no document type: entities could
/// grow without bound.
/// </summary>
internal sealed class XmlSchemaText
{
    /// <summary>Longer texts come in no request.</summary>
    private const int MostCharacters = 8 * 1024 * 1024;

    private static readonly XNamespace Xsd = "http://www.w3.org/2001/XMLSchema";

    private static readonly XmlWriterSettings Plain = new() { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), OmitXmlDeclaration = false, Indent = false, NewLineHandling = NewLineHandling.None };

    private readonly XDocument _document;

    private XmlSchemaText(XDocument document) => _document = document;

    /// <summary>Includes and imports that name a location.</summary>
    public IEnumerable<XAttribute> Locations => _document.Root!.Elements()
        .Where(e => e.Name == Xsd + "include" || e.Name == Xsd + "import").Select(e => e.Attribute("schemaLocation")).OfType<XAttribute>();

    public XElement Root => _document.Root!;

    /// <summary>Reads a schema, or says why it is none.</summary>
    public static XmlSchemaText? Read(string text, List<SchemaFault> faults)
    {
        try
        {
            if (TooDeep(text) is { } deep)
            {
                faults.Add(deep);
                return null;
            }
            using var reader = Reader(text);
            var document = XDocument.Load(reader, LoadOptions.PreserveWhitespace | LoadOptions.SetLineInfo);
            var read = new XmlSchemaText(document);
            read.Check(faults);
            return faults.Count == 0 ? read : null;
        }
        catch (XmlException e)
        {
            faults.Add(new("", $"is no XML that can be read: {e.Message.Split('\n')[0]}", 0, 0));
            return null;
        }
    }

    public static XmlReader Reader(string text, string baseUri = "") => XmlReader.Create(
        new StringReader(text.TrimStart('\uFEFF')),
        new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MostCharacters },
        baseUri);

    public static SchemaFault Fault(IXmlLineInfo? at, string message) => new("", message, at?.LineNumber ?? 0, at?.LinePosition ?? 0);

    /// <summary>Writes the schema with other locations; null leaves one as it is.</summary>
    public string Write(Func<string, string?> refer)
    {
        var copy = new XmlSchemaText(new XDocument(_document));
        foreach (var location in copy.Locations.ToList()) location.Value = refer(location.Value) ?? location.Value;
        using var buffer = new MemoryStream();
        using (var writer = XmlWriter.Create(buffer, Plain)) copy._document.Save(writer);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static SchemaFault? TooDeep(string text)
    {
        using var reader = Reader(text);
        while (reader.Read())
        {
            if (reader.Depth > GivenSchema.MaxDepth)
                return Fault((IXmlLineInfo)reader, FormattableString.Invariant($"nests deeper than {GivenSchema.MaxDepth} levels"));
        }
        return null;
    }

    private void Check(List<SchemaFault> faults)
    {
        if (Root.Name != Xsd + "schema")
        {
            faults.Add(Fault(Root, $"must be an XML Schema: its root is the element schema of {Xsd.NamespaceName}"));
            return;
        }
        foreach (var element in Root.Elements().Where(e => e.Name == Xsd + "redefine" || e.Name == Xsd + "override"))
            faults.Add(Fault(element, $"{element.Name.LocalName} is not read: include the other definition, and derive from its types"));
        foreach (var element in Root.Elements(Xsd + "include").Where(e => e.Attribute("schemaLocation") is null))
            faults.Add(Fault(element, "an include needs a schemaLocation: the name of a definition, such as Types.xsd"));
        XmlSchemaSize.Check(Root, faults);
    }
}
