using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Importing.Messages;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Schemas;

/// <summary>How a schema is written.</summary>
public enum SchemaForm
{
    /// <summary>JSON Schema as JSON.</summary>
    Json,

    /// <summary>JSON Schema as YAML.</summary>
    Yaml,

    /// <summary>XML Schema.</summary>
    Xml,
}

/// <summary>A schema that somebody wrote, read and checked by itself; what it refers to is looked at in a <see cref="DefinitionSet"/>.</summary>
public sealed class GivenSchema
{
    /// <summary>The media type under which a JSON Schema is kept, whatever it was written in.</summary>
    public const string JsonContentType = "application/schema+json";

    /// <summary>The media type under which an XML Schema is kept.</summary>
    public const string XmlContentType = "application/xml";

    /// <summary>How deep a schema nests at most: readers of JSON refuse more unless told otherwise.</summary>
    public const int MaxDepth = 64;

    private const int MaxValues = 500_000;
    private const int MaxFaults = 50;

    private readonly List<SchemaFault> _faults = [];

    private GivenSchema()
    {
    }

    /// <summary>What is wrong with it, in document order; at most 50 faults.</summary>
    public IReadOnlyList<SchemaFault> Faults => _faults;

    /// <summary>Whether it is an XML Schema.</summary>
    public bool IsXml => Xml is not null;

    internal SchemaDocument? Json { get; private set; }

    internal XmlSchemaText? Xml { get; private set; }

    /// <summary>What a media type says of the form; null where it names none that is known.</summary>
    /// <param name="contentType">The media type, with or without parameters.</param>
    public static SchemaForm? FormOf(string contentType)
    {
        ArgumentNullException.ThrowIfNull(contentType);
        var type = contentType.Split(';')[0].Trim().ToLowerInvariant();
        return type switch
        {
            "application/json" or "text/json" or JsonContentType => SchemaForm.Json,
            "application/yaml" or "application/x-yaml" or "text/yaml" or "text/x-yaml" or "application/schema+yaml" => SchemaForm.Yaml,
            XmlContentType or "text/xml" or "application/schema+xml" or "application/xsd+xml" or "text/xsd" => SchemaForm.Xml,
            _ => null,
        };
    }

    /// <summary>Reads a schema.</summary>
    /// <param name="form">How it is written.</param>
    /// <param name="content">The text.</param>
    /// <param name="cancellation">Stops the reading.</param>
    /// <returns>The schema, which is of use only where it has no <see cref="Faults"/>. What the text holds never makes it throw.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was cancelled.</exception>
    public static GivenSchema Read(SchemaForm form, string content, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        var schema = new GivenSchema();
        if (form == SchemaForm.Xml)
            schema.Xml = XmlSchemaText.Read(content, schema._faults);
        else
            schema.ReadJson(form, content, cancellation);
        return schema;
    }

    /// <summary>Reads a schema that stands in place, such as a parameter's.</summary>
    /// <param name="schema">The schema.</param>
    public static GivenSchema Read(JsonNode schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, SchemaText.WriterOptions)) schema.WriteTo(json);
        return Read(SchemaForm.Json, Encoding.UTF8.GetString(buffer.WrittenSpan));
    }

    /// <summary>A schema that is kept already. It was checked when it came in.</summary>
    /// <param name="text">The stored text.</param>
    /// <param name="isXml">Whether it is an XML Schema.</param>
    public static GivenSchema OfStored(string text, bool isXml)
    {
        ArgumentNullException.ThrowIfNull(text);
        var schema = new GivenSchema();
        if (isXml)
            schema.Xml = XmlSchemaText.Read(text, schema._faults);
        else if (SchemaText.Parse(text) is { } root)
            schema.Json = new SchemaDocument(root);
        return schema;
    }

    internal static SourceReading Parse(SchemaForm form, string text, int maxDepth, MessageLog log, CancellationToken cancellation)
    {
        var options = new ImportOptions
        {
            Format = form == SchemaForm.Json ? DescriptionFormat.Json : DescriptionFormat.Yaml,
            MaxDepth = maxDepth,
            MaxNodes = MaxValues,
            MaxAliasExpansions = MaxValues / 10,
        };
        return DocumentReader.Read(Encoding.UTF8.GetBytes(text), options, log, cancellation);
    }

    internal void Add(SourceNode at, string message)
    {
        if (_faults.Count < MaxFaults) _faults.Add(new(at.Pointer, message, at.Line, at.Column));
    }

    private void ReadJson(SchemaForm form, string content, CancellationToken cancellation)
    {
        var log = new MessageLog();
        var reading = Parse(form, content, MaxDepth, log, cancellation);
        if (reading.Failure is { } failure)
        {
            _faults.Add(new("", failure.Text, failure.Line, failure.Column));
            return;
        }
        // Where descriptions are read with an eye shut, a schema that is written for us is to be right.
        _faults.AddRange(log.ToMessages().Take(MaxFaults).Select(message => new SchemaFault(message.Pointer, Unmended(message.Text), message.Line, message.Column)));
        if (_faults.Count > 0) return;
        Json = new SchemaDocument(reading.Root!);
        new SchemaValidity(Json, Add).Check();
    }

    private static string Unmended(string remark) => $"cannot be kept as it stands: {remark.Split(';')[0].Trim()}";
}
