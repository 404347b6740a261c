using System.Xml;
using System.Xml.Schema;

namespace Patchbay.Importing.Schemas;

/// <summary>Checks XML documents against an XML Schema of a version. Safe for concurrent use.</summary>
public sealed class XmlBodyCheck
{
    private const int MostFaults = 50;
    private const int MostCharacters = 16 * 1024 * 1024;

    private readonly XmlSchemaSet _schemas;

    private XmlBodyCheck(XmlSchemaSet schemas) => _schemas = schemas;

    /// <summary>Compiles a stored schema with those that it includes.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="textOf">The stored text of a definition by its name, or null.</param>
    /// <returns>The check; null where the schema cannot be compiled.</returns>
    public static XmlBodyCheck? Compile(string name, Func<string, string?> textOf)
    {
        ArgumentNullException.ThrowIfNull(textOf);
        return XmlSchemaCompiler.Compile(name, textOf) is { } schemas ? new XmlBodyCheck(schemas) : null;
    }

    /// <summary>Whether a text is well-formed XML without document type.</summary>
    /// <param name="xml">The text.</param>
    public static bool IsWellFormed(string xml)
    {
        ArgumentNullException.ThrowIfNull(xml);
        try
        {
            using var reader = XmlReader.Create(
                new StringReader(xml.TrimStart('\uFEFF')),
                new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MostCharacters });
            while (reader.Read())
            {
            }
            return true;
        }
        catch (XmlException)
        {
            return false;
        }
    }

    /// <summary>Checks a document.</summary>
    /// <param name="xml">The document. A document type is refused, and nothing is fetched.</param>
    /// <returns>What is wrong with it, with line and column.</returns>
    public IReadOnlyList<SchemaFault> Check(string xml)
    {
        ArgumentNullException.ThrowIfNull(xml);
        var faults = new List<SchemaFault>();
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = MostCharacters,
            ValidationType = ValidationType.Schema,
            Schemas = _schemas,
            ValidationFlags = XmlSchemaValidationFlags.ReportValidationWarnings | XmlSchemaValidationFlags.ProcessIdentityConstraints | XmlSchemaValidationFlags.AllowXmlAttributes,
        };
        XmlReader? at = null;
        settings.ValidationEventHandler += (_, e) =>
        {
            // A root that no schema knows is no error to the validator, and would let any document pass; further in, a schema may allow what it does not know.
            if (e.Severity == XmlSeverityType.Error || at is { Depth: 0 })
                Add(e.Exception.LineNumber, e.Exception.LinePosition, "does not conform to the XML Schema");
        };
        try
        {
            using var reader = XmlReader.Create(new StringReader(xml.TrimStart('\uFEFF')), settings);
            at = reader;
            while (reader.Read())
            {
            }
        }
        catch (XmlException e)
        {
            Add(e.LineNumber, e.LinePosition, "is not well-formed XML without document type");
        }
        return faults;

        void Add(int line, int column, string message)
        {
            if (faults.Count < MostFaults) faults.Add(new("", message, line, column));
        }
    }
}
