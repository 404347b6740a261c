using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Protocols;
using Patchbay.Protocols.BigQuery;
using Xunit;

namespace Patchbay.UnitTests.Protocols.BigQuery;

public sealed class ParameterValueTests
{
    [Theory]
    [InlineData("STRING", "\"a\"", "a")]
    [InlineData("INT64", "-9223372036854775808", "-9223372036854775808")]
    [InlineData("INT64", "\"007\"", "7")]
    [InlineData("FLOAT64", "1e300", "1e300")]
    [InlineData("FLOAT64", "\"-Infinity\"", "-Infinity")]
    [InlineData("NUMERIC", "0.1", "0.1")]
    [InlineData("NUMERIC", "\"99999999999999999999999999999.999999999\"", "99999999999999999999999999999.999999999")]
    [InlineData("NUMERIC", "\"1.000000000000\"", "1.000000000000")]
    [InlineData("NUMERIC", "\"1e28\"", "1e28")]
    [InlineData("BIGNUMERIC", "\"-0.00000000000000000000000000000000000001\"", "-0.00000000000000000000000000000000000001")]
    [InlineData("BOOL", "false", "false")]
    [InlineData("BYTES", "\"AAE=\"", "AAE=")]
    [InlineData("DATE", "\"2024-02-29\"", "2024-02-29")]
    [InlineData("TIME", "\"23:59:59.999999\"", "23:59:59.999999")]
    [InlineData("DATETIME", "\"2024-02-29T00:00:00\"", "2024-02-29T00:00:00")]
    [InlineData("TIMESTAMP", "\"2024-02-29T23:00:00.5-02:00\"", "2024-03-01 01:00:00.500000+00:00")]
    [InlineData("JSON", "{\"a\": 1}", "{\"a\": 1}")]
    [InlineData("JSON", "null", "null")]
    public void A_value_is_written_as_its_type_wants_it(string type, string json, string written)
    {
        var (value, faults) = Write(new BigQueryType(type), json);
        Assert.Empty(faults);
        Assert.Equal(written, (string?)value["parameterValue"]!["value"]);
        Assert.Equal(type, (string?)value["parameterType"]!["type"]);
    }

    [Theory]
    [InlineData("STRING", "1")]
    [InlineData("INT64", "1.0")]
    [InlineData("INT64", "9223372036854775808")]
    [InlineData("INT64", "true")]
    [InlineData("INT64", "\"1 \"")]
    [InlineData("FLOAT64", "\"1\"")]
    [InlineData("FLOAT64", "1e999")]
    [InlineData("NUMERIC", "1e29")]
    [InlineData("NUMERIC", "1e-10")]
    [InlineData("NUMERIC", "\"1e999999999\"")]
    [InlineData("NUMERIC", "\"0x1\"")]
    [InlineData("BIGNUMERIC", "1e39")]
    [InlineData("BOOL", "\"true\"")]
    [InlineData("BYTES", "\"%\"")]
    [InlineData("DATE", "\"2023-02-29\"")]
    [InlineData("DATE", "\"2023-2-9\"")]
    [InlineData("TIME", "\"24:00:00\"")]
    [InlineData("DATETIME", "\"2023-02-29T00:00:00\"")]
    [InlineData("TIMESTAMP", "\"2024-02-29T23:00:00\"")]
    [InlineData("TIMESTAMP", "1700000000")]
    public void A_value_that_does_not_fit_is_told_by_its_place_and_never_repeated(string type, string json)
    {
        var fault = Assert.Single(Write(new BigQueryType(type), json).Faults);
        Assert.Equal("p", fault.Subject);
        Assert.Contains($"({type})", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arrays_and_structs_carry_their_types_with_them()
    {
        var type = new BigQueryType(BigQueryType.Array)
        {
            Items = new BigQueryType(BigQueryType.Struct) { Fields = [new BigQueryField("n", new BigQueryType("INT64")), new BigQueryField("tags", new BigQueryType(BigQueryType.Array) { Items = new BigQueryType("STRING") })] },
        };
        Assert.Empty(type.Faults("t"));
        var (value, faults) = Write(type, """[{"n":1,"tags":["a"]},{"tags":[]}]""");
        Assert.Empty(faults);
        Assert.Equal("""
            {"name":"p","parameterType":{"type":"ARRAY","arrayType":{"type":"STRUCT","structTypes":[{"name":"n","type":{"type":"INT64"}},{"name":"tags","type":{"type":"ARRAY","arrayType":{"type":"STRING"}}}]}},"parameterValue":{"arrayValues":[{"structValues":{"n":{"value":"1"},"tags":{"arrayValues":[{"value":"a"}]}}},{"structValues":{"n":{"value":null},"tags":{"arrayValues":[]}}}]}}
            """.Trim(), value.ToJsonString());
        Assert.Equal(["p[0].n", "p[0].x", "p[1]"], Write(type, """[{"n":"one","x":1},2]""").Faults.Select(f => f.Subject).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_type_that_nests_without_end_is_refused()
    {
        var type = new BigQueryType("INT64");
        for (var i = 0; i < 50; i++)
            type = new BigQueryType(BigQueryType.Struct) { Fields = [new BigQueryField("f", type)] };
        Assert.Contains(type.Faults("t"), f => f.Kind == FaultKind.TooLong);
    }

    private static (JsonObject Value, List<Fault> Faults) Write(BigQueryType type, string json)
    {
        var faults = new List<Fault>();
        return (ParameterValue.Write("p", type, JsonElement.Parse(json), "p", faults), faults);
    }
}
