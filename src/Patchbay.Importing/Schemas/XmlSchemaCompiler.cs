using System.Text;
using System.Xml;
using System.Xml.Schema;

namespace Patchbay.Importing.Schemas;

/// <summary>Compiles an XML Schema with those that it includes, to see whether it is one.</summary>
internal static class XmlSchemaCompiler
{
    private const int MostFaults = 50;

    /// <summary>All that a schema includes, in characters.</summary>
    private const int LargestTogether = 16 * 1024 * 1024;

    /// <summary>Derivations are followed by recursion; for this their number is bounded (<see cref="XmlSchemaSize"/>) and the stack is large.</summary>
    private const int StackSize = 256 * 1024 * 1024;

    /// <param name="root">The address under which the schemas stand side by side.</param>
    /// <param name="name">The schema.</param>
    /// <param name="schema">The schema itself.</param>
    /// <param name="texts">The texts by name, its own among them.</param>
    /// <param name="faults">Takes what is wrong.</param>
    public static void Check(Uri root, string name, XmlSchemaText schema, IReadOnlyDictionary<string, string> texts, List<SchemaFault> faults)
    {
        if (texts.Values.Sum(text => (long)text.Length) > LargestTogether)
        {
            faults.Add(XmlSchemaText.Fault(schema.Root, "is too large together with what it includes"));
            return;
        }
        var found = new List<SchemaFault>();
        var thread = new Thread(() => Compile(root, name, texts, found), StackSize);
        thread.Start();
        thread.Join();
        faults.AddRange(found);
    }

    private static void Compile(Uri root, string name, IReadOnlyDictionary<string, string> texts, List<SchemaFault> faults)
    {
        var set = new XmlSchemaSet { XmlResolver = new NamedSchemas(root, texts) };
        set.ValidationEventHandler += (_, e) =>
        {
            if (e.Severity == XmlSeverityType.Error) Add(e.Exception);
        };
        try
        {
            using var reader = XmlSchemaText.Reader(texts[name], new Uri(root, name + ".xsd").AbsoluteUri);
            set.Add(null, reader);
            set.Compile();
        }
        catch (XmlSchemaException e)
        {
            Add(e);
        }
        catch (Exception e) when (e is XmlException or ArgumentException or InvalidOperationException or FormatException or OverflowException)
        {
            // The compiler's own refusals, whatever kind of exception it chose.
            faults.Add(new("", "is no valid XML Schema: " + e.Message.Split('\n')[0], 0, 0));
        }

        void Add(XmlSchemaException e)
        {
            if (faults.Count < MostFaults) faults.Add(new("", "is no valid XML Schema: " + e.Message.Split('\n')[0], e.LineNumber, e.LinePosition));
        }
    }

    /// <summary>Gives the schemas that are at hand, and nothing else.</summary>
    private sealed class NamedSchemas(Uri root, IReadOnlyDictionary<string, string> texts) : XmlResolver
    {
        public override object GetEntity(Uri absoluteUri, string? role, Type? ofObjectToReturn)
        {
            var address = absoluteUri.AbsoluteUri;
            if (address.StartsWith(root.AbsoluteUri, StringComparison.Ordinal)
                && SchemaText.TryReadName(address[root.AbsoluteUri.Length..], ".xsd", out var name, out _) && texts.TryGetValue(name, out var text))
                return new MemoryStream(Encoding.UTF8.GetBytes(text));
            throw new XmlException("There is no such definition.");
        }
    }
}
