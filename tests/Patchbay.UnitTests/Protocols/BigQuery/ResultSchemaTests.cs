using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Json.Schema;
using Patchbay.Protocols.BigQuery;
using Xunit;

namespace Patchbay.UnitTests.Protocols.BigQuery;

public sealed class ResultSchemaTests
{
    [Theory]
    [InlineData("INTEGER", "-9223372036854775808", "-9223372036854775808")]
    [InlineData("FLOAT", "1.5E300", "1.5E+300")]
    [InlineData("FLOAT", "NaN", "\"NaN\"")]
    [InlineData("FLOAT64", "-Infinity", "\"-Infinity\"")]
    [InlineData("NUMERIC", "0.10", "\"0.10\"")]
    [InlineData("BIGNUMERIC", "578960446186580977117854925043439539266", "\"578960446186580977117854925043439539266\"")]
    [InlineData("BOOLEAN", "true", "true")]
    [InlineData("TIMESTAMP", "0", "\"1970-01-01T00:00:00Z\"")]
    [InlineData("TIMESTAMP", "-1", "\"1969-12-31T23:59:59.999999Z\"")]
    [InlineData("TIMESTAMP", "-62135596800000000", "\"0001-01-01T00:00:00Z\"")]
    [InlineData("TIMESTAMP", "253402300799999999", "\"9999-12-31T23:59:59.999999Z\"")]
    [InlineData("JSON", "{\"a\":[null]}", "{\"a\":[null]}")]
    [InlineData("JSON", "null", "null")]
    [InlineData("GEOGRAPHY", "POINT(1 2)", "\"POINT(1 2)\"")]
    [InlineData("BYTES", "AAE=", "\"AAE=\"")]
    public void A_value_becomes_JSON_by_its_type_and_fits_the_schema_that_is_made(string type, string text, string json)
    {
        var schema = Schema($$"""{"fields":[{"name":"c","type":"{{type}}"}]}""");
        var row = schema.Convert(Row(new JsonObject { ["v"] = text }));
        Assert.Equal(json, row["c"]?.ToJsonString() ?? "null");
        AssertFits(schema, row);
    }

    [Theory]
    [InlineData("INTEGER", "1.5")]
    [InlineData("INTEGER", "9223372036854775808")]
    [InlineData("FLOAT", "one")]
    [InlineData("BOOLEAN", "yes")]
    [InlineData("TIMESTAMP", "1.5E9")]
    [InlineData("TIMESTAMP", "253402300800000000")]
    [InlineData("JSON", "{")]
    public void A_value_that_does_not_fit_its_type_is_no_result(string type, string text) =>
        Assert.Throws<FormatException>(() => Schema($$"""{"fields":[{"name":"c","type":"{{type}}"}]}""").Convert(Row(new JsonObject { ["v"] = text })));

    [Fact]
    public void Repeated_columns_and_records_nest()
    {
        var schema = Schema("""
            {"fields":[
              {"name":"tags","type":"STRING","mode":"REPEATED"},
              {"name":"none","type":"INTEGER","mode":"REPEATED"},
              {"name":"lines","type":"RECORD","mode":"REPEATED","fields":[{"name":"n","type":"INTEGER","mode":"REQUIRED"},{"name":"at","type":"RECORD","fields":[{"name":"x","type":"FLOAT"}]}]}]}
            """);
        var row = schema.Convert(JsonSerializer.SerializeToElement(JsonNode.Parse("""
            {"f":[{"v":[{"v":"a"},{"v":"b"}]},{"v":null},{"v":[{"v":{"f":[{"v":"1"},{"v":null}]}},{"v":{"f":[{"v":"2"},{"v":{"f":[{"v":"0.5"}]}}]}}]}]}
            """)));
        Assert.Equal("""{"tags":["a","b"],"none":[],"lines":[{"n":1,"at":null},{"n":2,"at":{"x":0.5}}]}""", row.ToJsonString());
        AssertFits(schema, row);
    }

    [Theory]
    [InlineData("""{"f":[]}""")]
    [InlineData("""{"f":[{"v":"1"},{"v":"2"}]}""")]
    [InlineData("""{"f":[{"v":1}]}""")]
    [InlineData("""{"v":"1"}""")]
    [InlineData("[]")]
    public void A_row_of_another_form_is_no_result(string row) =>
        Assert.Throws<FormatException>(() => Schema("""{"fields":[{"name":"c","type":"STRING"}]}""").Convert(JsonSerializer.SerializeToElement(JsonNode.Parse(row))));

    [Fact]
    public void Whatever_comes_is_a_result_or_none() =>
        Gen.Select(OneOf("INTEGER", "FLOAT", "BOOLEAN", "TIMESTAMP", "JSON", "RECORD", "STRING"), OneOf("NULLABLE", "REPEATED", "REQUIRED"),
            OneOf("1", "\"x\"", "null", "[]", "[{\"v\":\"1\"}]", "{\"f\":[]}", "{\"f\":[{\"v\":\"1\"}]}", "\"1\"", "true", "\"99999999999999999999\"", "[[1]]", "[1]")).Sample((type, mode, value) =>
            {
                try
                {
                    var schema = Schema($$"""{"fields":[{"name":"c","type":"{{type}}","mode":"{{mode}}","fields":[{"name":"d","type":"STRING"}]}]}""");
                    schema.Convert(JsonSerializer.SerializeToElement(JsonNode.Parse($$"""{"f":[{"v":{{value}}}]}""")));
                }
                catch (FormatException)
                {
                }
            });

    private static Gen<string> OneOf(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);

    private static ResultSchema Schema(string json) => ResultSchema.Read(JsonSerializer.SerializeToElement(JsonNode.Parse(json)));

    private static JsonElement Row(JsonObject cell) => JsonSerializer.SerializeToElement(new JsonObject { ["f"] = new JsonArray(cell) });

    private static void AssertFits(ResultSchema schema, JsonObject row) =>
        Assert.True(JsonSchema.FromText(schema.ToJsonSchema().ToJsonString()).Evaluate(JsonSerializer.SerializeToElement(row)).IsValid, $"{row.ToJsonString()} by {schema.ToJsonSchema().ToJsonString()}");
}
