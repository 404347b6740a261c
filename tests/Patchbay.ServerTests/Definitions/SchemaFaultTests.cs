using System.Text.Json;
using Patchbay.Platform.Definitions.Checking;
using Xunit;

namespace Patchbay.ServerTests.Definitions;

/// <summary>What is said of a value that is not as its definition says: where, and what is asked for there.</summary>
public sealed class SchemaFaultTests
{
    [Theory]
    [InlineData("""{"items":{"maximum":1}}""", "[0,2]", "body[1] must be 1 or less")]
    [InlineData("""{"items":{"items":{"items":{"maximum":1}}}}""", "[[[2]]]", "body[0][0][0] must be 1 or less")]
    [InlineData("""{"properties":{"rows":{"items":{"properties":{"n":{"maximum":1}}}}}}""", """{"rows":[{"n":1},{"n":2}]}""", "body.rows[1].n must be 1 or less")]
    [InlineData("""{"properties":{"r":{"items":{"properties":{"q":{"items":{"maximum":1}}}}}}}""", """{"r":[{"q":[1,5]}]}""", "body.r[0].q[1] must be 1 or less")]
    [InlineData("""{"properties":{"items":{"items":{"properties":{"items":{"maximum":1}}}}}}""", """{"items":[{"items":5}]}""", "body.items[0].items must be 1 or less")]
    [InlineData("""{"$defs":{"x":{"items":{"maximum":1}}},"$ref":"#/$defs/x"}""", "[0,2]", "body[1] must be 1 or less")]
    [InlineData("""{"allOf":[{"items":{"anyOf":[{"maximum":1},{"type":"string"}]}}]}""", "[5]", "body[0] must be 1 or less")]
    [InlineData("""{"prefixItems":[{},{"maximum":1}],"items":{"maximum":5}}""", "[9,2,5,7]", "body[1] must be 1 or less, body[3] must be 5 or less")]
    [InlineData("""{"properties":{"t":{"prefixItems":[{}],"items":{"prefixItems":[{}],"items":{"properties":{"a":{"type":"string"}}}}}}}""", """{"t":[0,[0,{"a":1}]]}""", "body.t[1][1].a must be a string")]
    [InlineData("""{"prefixItems":[{}],"items":{"type":"object","required":["a"]}}""", """[0,{"a":1},{}]""", "body[2].a is required")]
    [InlineData("""{"$schema":"http://json-schema.org/draft-07/schema#","items":[{"maximum":1}],"additionalItems":{"maximum":2}}""", "[5,5]", "body[0] must be 1 or less, body[1] must be 2 or less")]
    public void A_fault_is_told_where_it_is_with_what_is_asked_for(string schema, string value, string expected)
    {
        var set = new SchemaSet(DataDirection.Sent, name => name == "S" ? schema : null);

        var faults = set.Check("S", JsonDocument.Parse(value).RootElement, "body");

        Assert.Equal(expected, string.Join(", ", faults.Select(f => $"{f.Field} {f.Message}").Order(StringComparer.Ordinal)));
    }
}
