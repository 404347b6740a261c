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

    /// <summary>Compiles a schema that was found sound when it was stored.</summary>
    /// <param name="name">The schema.</param>
    /// <param name="textOf">The text of a schema by its name, or null.</param>
    /// <returns>The compiled schema; null where it does not compile any more.</returns>
    public static XmlSchemaSet? Compile(string name, Func<string, string?> textOf)
    {
        if (textOf(name) is not { } text) return null;
        XmlSchemaSet? compiled = null;
        var faults = new List<SchemaFault>();
        var thread = new Thread(() => compiled = Compile(new Uri("https://definitions.invalid/"), name, text, textOf, faults), StackSize);
        thread.Start();
        thread.Join();
        return faults.Count == 0 ? compiled : null;
    }

    private static void Compile(Uri root, string name, IReadOnlyDictionary<string, string> texts, List<SchemaFault> faults) =>
        Compile(root, name, texts[name], texts.GetValueOrDefault, faults);

    private static XmlSchemaSet Compile(Uri root, string name, string text, Func<string, string?> textOf, List<SchemaFault> faults)
    {
        var set = new XmlSchemaSet { XmlResolver = new NamedSchemas(root, textOf) };
        set.ValidationEventHandler += (_, e) =>
        {
            if (e.Severity == XmlSeverityType.Error) Add(e.Exception);
        };
        try
        {
            using var reader = XmlSchemaText.Reader(text, new Uri(root, name + ".xsd").AbsoluteUri);
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
        return set;

        void Add(XmlSchemaException e)
        {
            if (faults.Count < MostFaults) faults.Add(new("", "is no valid XML Schema: " + e.Message.Split('\n')[0], e.LineNumber, e.LinePosition));
        }
    }

    /// <summary>Gives the schemas that are at hand, and nothing else.</summary>
    private sealed class NamedSchemas(Uri root, Func<string, string?> textOf) : XmlResolver
    {
        public override object GetEntity(Uri absoluteUri, string? role, Type? ofObjectToReturn)
        {
            var address = absoluteUri.AbsoluteUri;
            if (address.StartsWith(root.AbsoluteUri, StringComparison.Ordinal)
                && SchemaText.TryReadName(address[root.AbsoluteUri.Length..], ".xsd", out var name, out _) && textOf(name) is { } text)
                return new MemoryStream(Encoding.UTF8.GetBytes(text));
            throw new XmlException("There is no such definition.");
        }
    }
}
