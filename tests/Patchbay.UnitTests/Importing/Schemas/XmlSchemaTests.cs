using System.Globalization;
using Patchbay.Importing.Schemas;
using Xunit;

namespace Patchbay.UnitTests.Importing.Schemas;

/// <summary>XML Schemas: sound ones, wrong ones, and those that would take the server down.</summary>
public sealed class XmlSchemaTests
{
    private const string Root = "https://p.example/s/";
    private const string Types = """<xs:simpleType name="Code"><xs:restriction base="xs:string"><xs:maxLength value="3"/></xs:restriction></xs:simpleType>""";

    [Fact]
    public void Schemas_that_include_each_other_are_kept_with_relative_locations()
    {
        var set = Set(
            ("Order", Schema("""<xs:include schemaLocation="https://p.example/s/Types.xsd"/><xs:element name="order" type="Code"/>""")),
            ("Types", Schema("""<xs:include schemaLocation="Order.xsd"/>""" + Types)));

        Assert.Empty(set.Faults());
        Assert.Equal(["Types"], set.ReferencesOf("Order"));
        Assert.Contains("schemaLocation=\"Types.xsd\"", set.TextOf("Order"), StringComparison.Ordinal);
        var absolute = SchemaText.WithReferences(set.TextOf("Order"), isXml: true, name => $"{Root}{name}.xsd");
        Assert.Contains($"schemaLocation=\"{Root}Types.xsd\"", absolute, StringComparison.Ordinal);
        Assert.Equal(set.TextOf("Order"), Set(("Order", absolute), ("Types", Schema(Types))).TextOf("Order"));
    }

    [Theory]
    [InlineData("""<xs:include schemaLocation="https://elsewhere.example/Types.xsd"/>""")]
    [InlineData("""<xs:include schemaLocation="file:///etc/passwd"/>""")]
    [InlineData("""<xs:include schemaLocation="Missing.xsd"/>""")]
    [InlineData("""<xs:include schemaLocation="../x/Types.xsd"/>""")]
    [InlineData("""<xs:import namespace="urn:x" schemaLocation="http://elsewhere.example/x.xsd"/>""")]
    [InlineData("""<xs:element name="a" type="Missing"/>""")]
    [InlineData("""<xs:element name="a" type="xs:strnig"/>""")]
    [InlineData("""<xs:complexType name="T"><xs:sequence><xs:element name="a" minOccurs="0"/><xs:element name="a"/></xs:sequence></xs:complexType>""")]
    [InlineData("""<xs:group name="G"><xs:sequence><xs:group ref="G"/></xs:sequence></xs:group>""")]
    [InlineData("""<xs:simpleType name="T"><xs:restriction base="T"/></xs:simpleType>""")]
    [InlineData("""<xs:nonsense/>""")]
    public void What_is_wrong_among_the_schemas_is_refused(string content) => Assert.NotEmpty(Set(("A", Schema(content))).Faults());

    [Theory]
    [InlineData("""<xs:redefine schemaLocation="Types.xsd"/>""")]
    [InlineData("""<xs:include/>""")]
    public void What_cannot_be_kept_is_refused(string content) => Assert.NotEmpty(GivenSchema.Read(SchemaForm.Xml, Schema(content), TestContext.Current.CancellationToken).Faults);

    [Theory]
    [InlineData("")]
    [InlineData("<a/>")]
    [InlineData("<xs:schema/>")]
    [InlineData("{}")]
    [InlineData("""<!DOCTYPE a [<!ENTITY x "y">]><xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">&x;</xs:schema>""")]
    [InlineData("""<!DOCTYPE a SYSTEM "http://elsewhere.example/x.dtd"><xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"/>""")]
    public void What_is_no_xml_schema_is_refused(string text) => Assert.NotEmpty(GivenSchema.Read(SchemaForm.Xml, text, TestContext.Current.CancellationToken).Faults);

    [Fact]
    public void Nesting_and_repetition_that_would_be_written_out_are_refused()
    {
        var deep = string.Concat(Enumerable.Repeat("<xs:annotation>", 5000)) + string.Concat(Enumerable.Repeat("</xs:annotation>", 5000));
        var wide = """<xs:complexType name="T"><xs:sequence maxOccurs="1000"><xs:sequence maxOccurs="1000"><xs:element name="a" maxOccurs="1000"/></xs:sequence></xs:sequence></xs:complexType>""";
        var groups = string.Concat(Enumerable.Range(0, 40).Select(i => string.Create(CultureInfo.InvariantCulture,
            $"""<xs:group name="G{i}"><xs:sequence><xs:group ref="G{i + 1}"/><xs:group ref="G{i + 1}"/></xs:sequence></xs:group>""")))
            + """<xs:group name="G40"><xs:sequence><xs:element name="a"/></xs:sequence></xs:group>""";
        foreach (var content in (string[])[deep, wide, groups])
            Assert.NotEmpty(GivenSchema.Read(SchemaForm.Xml, Schema(content), TestContext.Current.CancellationToken).Faults);
    }

    [Fact]
    public void A_long_derivation_and_a_wide_type_within_the_limits_are_survived()
    {
        var chain = """<xs:complexType name="T0"/>""" + string.Concat(Enumerable.Range(1, 4990).Select(i => string.Create(CultureInfo.InvariantCulture,
            $"""<xs:complexType name="T{i}"><xs:complexContent><xs:extension base="T{i - 1}"/></xs:complexContent></xs:complexType>""")));
        var reversed = string.Concat(Enumerable.Range(0, 4990).Select(i => string.Create(CultureInfo.InvariantCulture,
            $"""<xs:simpleType name="S{i}"><xs:restriction base="{(i == 4989 ? "xs:string" : $"S{i + 1}")}"/></xs:simpleType>""")));
        var wide = """<xs:complexType name="T"><xs:choice maxOccurs="unbounded">""" + string.Concat(Enumerable.Range(0, 1990).Select(i => string.Create(CultureInfo.InvariantCulture, $"""<xs:element name="e{i}"/>"""))) + "</xs:choice></xs:complexType>";
        var many = """<xs:complexType name="T"><xs:sequence><xs:element name="a" minOccurs="1990" maxOccurs="1990"/></xs:sequence></xs:complexType>""";
        foreach (var content in (string[])[chain, reversed, wide, many])
            _ = Set(("A", Schema(content))).Faults();
    }

    private static DefinitionSet Set(params (string Name, string Schema)[] schemas)
    {
        var set = new DefinitionSet(new Uri(Root));
        foreach (var (name, schema) in schemas)
        {
            var given = GivenSchema.Read(SchemaForm.Xml, schema, TestContext.Current.CancellationToken);
            Assert.Empty(given.Faults);
            set.Give(name, given);
        }

        foreach (var name in set.Wanted()) set.Load(name, null, isXml: true);
        return set;
    }

    private static string Schema(string content) => $"""<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">{content}</xs:schema>""";
}
