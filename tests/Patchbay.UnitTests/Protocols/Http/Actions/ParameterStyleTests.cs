using System.Text.Json;
using CsCheck;
using Patchbay.Protocols.Http.Actions;
using Xunit;

namespace Patchbay.UnitTests.Protocols.Http.Actions;

public sealed class ParameterStyleTests
{
    private const string List = """["blue","black","brown"]""";
    private const string Object = """{"R":100,"G":200,"B":150}""";

    // The table of OpenAPI 3.1.1, "Style Examples".
    [Theory]
    [InlineData("matrix", false, "\"\"", ";color")]
    [InlineData("matrix", false, "\"blue\"", ";color=blue")]
    [InlineData("matrix", false, List, ";color=blue,black,brown")]
    [InlineData("matrix", false, Object, ";color=R,100,G,200,B,150")]
    [InlineData("matrix", true, List, ";color=blue;color=black;color=brown")]
    [InlineData("matrix", true, Object, ";R=100;G=200;B=150")]
    [InlineData("label", false, "\"blue\"", ".blue")]
    [InlineData("label", false, List, ".blue,black,brown")]
    [InlineData("label", false, Object, ".R,100,G,200,B,150")]
    [InlineData("label", true, List, ".blue.black.brown")]
    [InlineData("label", true, Object, ".R=100.G=200.B=150")]
    [InlineData("simple", false, "\"blue\"", "blue")]
    [InlineData("simple", false, List, "blue,black,brown")]
    [InlineData("simple", false, Object, "R,100,G,200,B,150")]
    [InlineData("simple", true, Object, "R=100,G=200,B=150")]
    public void Styles_of_the_path_are_those_of_the_specification(string style, bool explode, string value, string expected) =>
        Assert.Equal(expected, ParameterText.InPath(ParameterShape.Of("color", ParameterPlace.Path, style, explode), Json(value)));

    [Theory]
    [InlineData("form", null, "\"\"", "color=")]
    [InlineData("form", null, "\"blue\"", "color=blue")]
    [InlineData("form", false, List, "color=blue,black,brown")]
    [InlineData("form", false, Object, "color=R,100,G,200,B,150")]
    [InlineData("form", true, List, "color=blue&color=black&color=brown")]
    [InlineData("form", true, Object, "R=100&G=200&B=150")]
    [InlineData(null, null, List, "color=blue&color=black&color=brown")]
    [InlineData("spaceDelimited", null, List, "color=blue%20black%20brown")]
    [InlineData("spaceDelimited", null, Object, "color=R%20100%20G%20200%20B%20150")]
    [InlineData("pipeDelimited", null, List, "color=blue%7Cblack%7Cbrown")]
    [InlineData("pipeDelimited", null, Object, "color=R%7C100%7CG%7C200%7CB%7C150")]
    [InlineData("deepObject", true, Object, "color%5BR%5D=100&color%5BG%5D=200&color%5BB%5D=150")]
    [InlineData("deepObject", null, """{"a":{"b":[1,2]},"c":null}""", "color%5Ba%5D%5Bb%5D%5B0%5D=1&color%5Ba%5D%5Bb%5D%5B1%5D=2")]
    [InlineData("form", null, "null", "")]
    [InlineData("form", null, "[]", "")]
    [InlineData("form", null, """[{"a":1}]""", "color=%7B%22a%22%3A1%7D")]
    [InlineData("form", null, "5.0", "color=5")]
    [InlineData("form", null, "1e2", "color=100")]
    [InlineData("form", null, "12345678901234567890123", "color=12345678901234567890123")]
    [InlineData("form", null, "true", "color=true")]
    public void Styles_of_the_query_are_those_of_the_specification(string? style, bool? explode, string value, string expected) =>
        Assert.Equal(expected, string.Join('&', ParameterText.InQuery(ParameterShape.Of("color", ParameterPlace.Query, style, explode), Json(value))));

    [Fact]
    public void A_required_empty_list_is_there_all_the_same() =>
        Assert.Equal(["color="], ParameterText.InQuery(ParameterShape.Of("color", ParameterPlace.Query) with { WritesEmpty = true }, Json("[]")));

    [Fact]
    public void Reserved_characters_stay_where_they_change_nothing()
    {
        var shape = ParameterShape.Of("q", ParameterPlace.Query) with { AllowReserved = true };

        Assert.Equal(["q=/a:b?c@d!$'()*,;%26%3D%2B%23%25%5B%5D%20%C3%A9"], ParameterText.InQuery(shape, Json("\"/a:b?c@d!$'()*,;&=+#%[] é\"")));
    }

    [Fact]
    public void A_document_in_a_parameter_is_one_value()
    {
        var shape = ParameterShape.Of("filter", ParameterPlace.Query) with { MediaType = "application/json" };

        Assert.Equal(["filter=%7B%22a%22%3A%5B1%2C2%5D%7D"], ParameterText.InQuery(shape, Json("""{"a":[1,2]}""")));
        Assert.Equal(["filter=%22text%22"], ParameterText.InQuery(shape, Json("\"text\"")));
    }

    [Fact]
    public void What_a_query_is_written_as_reads_back_as_what_it_was()
    {
        var text = Gen.String[Gen.Char.Where(c => !char.IsSurrogate(c)), 0, 8];
        var list = text.List[1, 4];
        Gen.Select(text, list, Gen.Bool, Gen.Bool).Sample((name, items, explode, reserved) =>
        {
            var shape = ParameterShape.Of("n" + name, ParameterPlace.Query, "form", explode) with { AllowReserved = reserved && explode };
            var query = string.Join('&', ParameterText.InQuery(shape, JsonSerializer.SerializeToElement(items)));
            var pairs = Strict.Query(query);
            Assert.All(pairs, pair => Assert.Equal("n" + name, Strict.Decode(pair.Name)));
            var read = explode ? pairs.Select(pair => Strict.Decode(pair.Value)) : Assert.Single(pairs).Value.Split(',').Select(Strict.Decode);
            Assert.Equal(items, read);
        }, iter: Counted);
    }

    [Fact]
    public void What_an_object_is_written_as_reads_back_as_what_it_was()
    {
        var text = Gen.String[Gen.Char.Where(c => !char.IsSurrogate(c) && c is not ('[' or ']')), 1, 6];
        Gen.Dictionary(text, text)[1, 4].Sample(members =>
        {
            var value = JsonSerializer.SerializeToElement(members);
            var deep = Strict.Query(string.Join('&', ParameterText.InQuery(ParameterShape.Of("o", ParameterPlace.Query, "deepObject"), value)));
            Assert.Equal(members, deep.ToDictionary(pair => Strict.Decode(pair.Name)[2..^1], pair => Strict.Decode(pair.Value)));
            var plain = ParameterText.InPath(ParameterShape.Of("o", ParameterPlace.Path, "simple", explode: true), value);
            Assert.Equal(members, plain.Split(',').Select(part => part.Split('=')).ToDictionary(part => Strict.Decode(part[0]), part => Strict.Decode(part[1])));
            var matrix = ParameterText.InPath(ParameterShape.Of("o", ParameterPlace.Path, "matrix", explode: true), value);
            Assert.Equal(members, matrix[1..].Split(';').Select(part => part.Split('=')).ToDictionary(part => Strict.Decode(part[0]), part => Strict.Decode(part[1])));
        }, iter: Counted);
    }

    private static int Counted => Environment.GetEnvironmentVariable("PATCHBAY_TESTS_FULL") == "1" ? 100_000 : 2_000;

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement.Clone();

    /// <summary>Reads what RFC 3986 allows in a query, and nothing else.</summary>
    private static class Strict
    {
        public static List<(string Name, string Value)> Query(string query) =>
            [.. query.Split('&').Select(pair => pair.Split('=', 2)).Select(pair => (pair[0], pair[1]))];

        public static string Decode(string text)
        {
            Assert.Matches("^([A-Za-z0-9._~!$'()*,;:@/?-]|%[0-9A-F]{2})*$", text);
            return Uri.UnescapeDataString(text);
        }
    }
}
