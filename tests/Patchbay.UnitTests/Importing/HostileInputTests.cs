using System.Text;
using CsCheck;
using Patchbay.Importing;
using Xunit;

namespace Patchbay.UnitTests.Importing;

/// <summary>Whatever the bytes are, the answer is a value, and what refuses them says where.</summary>
public sealed class HostileInputTests
{
    private const string Small = """
        openapi: 3.0.0
        info: {title: T, version: '1'}
        servers: [{url: 'https://{a}.example', variables: {a: {default: b}}}]
        paths:
          /a/{id}:
            parameters: [&p {name: id, in: path, required: true, schema: {$ref: '#/components/schemas/A'}}]
            post:
              operationId: a
              parameters: [{name: q, in: query, content: {application/json: {schema: {type: array}}}}]
              requestBody: {content: {application/json: {schema: {type: object, nullable: true, allOf: [{$ref: '#/components/schemas/B'}]}}}}
              responses: {200: {description: d, headers: {X: *p}}, 4XX: {$ref: '#/components/responses/R'}}
              callbacks: {c: {'{$url}': {post: {responses: {200: {description: d}}}}}}
        components:
          responses: {R: {description: d, content: {'*/*': {schema: {$ref: '#/components/schemas/B/properties/b'}, example: 1}}}}
          schemas:
            A: {type: string, enum: [a, b], default: a, pattern: '^a'}
            B: {properties: {b: {minimum: 1, exclusiveMinimum: true}, a: {$ref: '#/components/schemas/B'}}, required: [b]}
          securitySchemes: {s: {type: oauth2, flows: {implicit: {authorizationUrl: 'https://a.example', scopes: {}}}}}
        """;

    private const string SmallSwagger = """
        swagger: '2.0'
        info: {title: T, version: '1'}
        host: a.example
        schemes: [https]
        consumes: [application/json]
        produces: [application/json, text/xml]
        paths:
          /a/{id}:
            parameters: [{name: id, in: path, required: true, type: integer, format: int64}]
            post:
              operationId: a
              parameters: [{name: b, in: body, schema: {$ref: '#/definitions/A'}}, {$ref: '#/parameters/P'}]
              responses: {200: {description: d, schema: {$ref: '#/definitions/B'}, headers: {X: {type: string}}, examples: {text/xml: a}}}
            put:
              consumes: [multipart/form-data]
              parameters: [{name: f, in: formData, type: file, required: true}, {name: g, in: formData, type: array, items: {type: string}, collectionFormat: multi}]
              responses: {default: {$ref: '#/responses/R'}}
        parameters: {P: {name: p, in: query, type: array, items: {type: string}, collectionFormat: pipes}}
        responses: {R: {description: d, schema: {type: file}}}
        definitions:
          A: {type: object, discriminator: kind, required: [kind], properties: {kind: {type: string, x-nullable: true}, a: {$ref: '#/definitions/B'}}}
          B: {allOf: [{$ref: '#/definitions/A'}, {properties: {b: {maximum: 1, exclusiveMaximum: true}}}]}
        securityDefinitions: {s: {type: oauth2, flow: accessCode, authorizationUrl: 'https://a.example', tokenUrl: 'https://a.example', scopes: {}}}
        """;

    private static readonly string[] Documents = [Small, ToJson(Small), SmallSwagger, ToJson(SmallSwagger)];

    private static string SmallJson => Documents[1];

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("  \n ", "is empty")]
    [InlineData("# a comment", "is empty")]
    [InlineData("42", "no object")]
    [InlineData("text", "no object")]
    [InlineData("\"text\"", "no object")]
    [InlineData("null", "no object")]
    [InlineData("[]", "no object")]
    [InlineData("{}", "names no version")]
    [InlineData("a: b", "names no version")]
    [InlineData("{", "no valid JSON")]
    [InlineData("openapi: 3.0.0\n  a: b: c", "no valid YAML")]
    [InlineData("{\"openapi\": \"4.0.0\"}", "OpenAPI 4.0.0 is not supported")]
    [InlineData("{\"swagger\": \"1.2\"}", "Swagger 1.2 is not supported")]
    [InlineData("asyncapi: 3.0.0", "is an AsyncAPI description, which is not supported")]
    [InlineData("{\"discoveryVersion\": \"v1\"}", "is a Google API discovery document")]
    [InlineData("<!DOCTYPE html><title>Sign in</title>", "is XML or HTML")]
    [InlineData("a: \"\\ud800\"", "no valid YAML")]
    [InlineData("a\u0000b: c", "")]
    public void What_is_no_description_is_an_error_with_where_it_stands(string document, string reason)
    {
        var result = Imported.Result(document);

        Assert.Null(result.Connector);
        var error = result.Messages[^1];
        Assert.Equal(ImportSeverity.Error, error.Severity);
        Assert.Contains(reason, error.Text, StringComparison.Ordinal);
        Assert.True(error is { Line: > 0, Column: > 0 });
    }

    [Theory]
    [InlineData("{openapi: 3.0.0, paths: {}}")]
    [InlineData("openapi: 3.1.0")]
    [InlineData("openapi: 3.0.0\npaths: [a]\ninfo: b\ncomponents: c\nservers: d\n")]
    [InlineData("openapi: 3.0.0\npaths: {/a: [b], /b: {get: c}, /c: {get: {parameters: d, responses: [e], requestBody: f, callbacks: g}}}")]
    [InlineData("{paths: {}, info: {}}")]
    [InlineData("{openapi: '3.2.0', info: {}}")]
    public void What_is_a_description_at_all_has_a_reading(string document)
    {
        var connector = Imported.Connector(document);

        Assert.NotEmpty(connector.Name);
        DefinitionChecks.AssertSound(connector.Contents);
    }

    [Fact]
    public void Invalid_UTF_8_is_refused_with_where_it_stands()
    {
        byte[] document = [.. "{\n \"ä\": \""u8, 0xC3, 0x28, .. "\"}"u8];

        var error = Import(document).Messages[^1];

        Assert.Equal(("The document is no valid UTF-8", 2, 8), (error.Text, error.Line, error.Column));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void UTF_16_with_its_mark_is_read_with_a_message(bool isBigEndian)
    {
        var encoding = isBigEndian ? Encoding.BigEndianUnicode : Encoding.Unicode;

        var result = Import([.. encoding.Preamble, .. encoding.GetBytes(Small)]);

        Assert.Equal("T", result.Connector!.Name);
        Imported.AssertMessage(result, "is UTF-16");
    }

    [Fact]
    public void UTF_16_that_breaks_off_is_refused() =>
        Assert.Equal("The document is no valid UTF-16", Import([.. Encoding.Unicode.Preamble, 0x7B, 0x00, 0x00, 0xD8]).Messages[^1].Text);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_byte_order_mark_is_accepted(bool isJson) =>
        Assert.NotNull(Import([.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(isJson ? SmallJson : Small)]).Connector);

    [Fact]
    public void JSON_that_is_only_YAML_is_read_all_the_same() => Assert.NotNull(Imported.Result("{'openapi': 3.0.0, info: {title: T}}").Connector);

    [Theory]
    [InlineData("application/json", true)]
    [InlineData("application/vnd.oai.openapi+json; charset=utf-8", true)]
    [InlineData("application/yaml", false)]
    [InlineData("text/plain", false)]
    public void A_media_type_that_names_the_wrong_format_is_a_message_and_no_refusal(string mediaType, bool isRemarked)
    {
        var result = Imported.Result("openapi: 3.0.0", new ImportOptions { MediaTypeHint = mediaType });

        Assert.NotNull(result.Connector);
        Assert.Equal(isRemarked, result.Messages.Any(message => message.Text.Contains("came as JSON and is none", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_format_that_the_caller_knows_is_the_only_one_that_is_tried() =>
        Assert.Contains("no valid JSON", Imported.Result("openapi: 3.0.0", new ImportOptions { Format = DescriptionFormat.Json }).Messages[^1].Text, StringComparison.Ordinal);

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"a\":", "}")]
    [InlineData("[{\"a\":", "}]")]
    public void Deep_nesting_is_refused(string open, string close)
    {
        var text = string.Concat(Enumerable.Repeat(open, 100_000)) + "1" + string.Concat(Enumerable.Repeat(close, 100_000));

        foreach (var format in (DescriptionFormat[])[DescriptionFormat.Json, DescriptionFormat.Yaml])
            Assert.Contains("nests deeper than 256 levels", Imported.Result(text, new ImportOptions { Format = format }).Messages[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Deep_nesting_in_blocks_is_refused() => Assert.Contains(
        "nests deeper",
        Imported.Result(string.Join('\n', Enumerable.Range(0, 1_000).Select(i => new string(' ', i) + "a:"))).Messages[^1].Text,
        StringComparison.Ordinal);

    [Fact]
    public void As_deep_as_is_allowed_is_read_and_what_would_be_too_deep_to_hand_out_is_left_out()
    {
        var schema = string.Concat(Enumerable.Repeat("{not: {type: array, items: ", 100)) + "{}" + string.Concat(Enumerable.Repeat("}}", 100));
        var example = new string('[', 200) + new string(']', 200);

        var result = Imported.Result(Imported.Schema($"{{properties: {{a: {schema}}}, example: {example}}}"));

        DefinitionChecks.AssertSound(result.Connector!.Contents);
        Imported.AssertMessage(result, "A schema nests too deeply");
        Imported.AssertMessage(result, "Data nests too deeply");
    }

    [Fact]
    public void Aliases_that_multiply_are_refused()
    {
        var bomb = new StringBuilder("openapi: 3.0.0\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (var i = 1; i < 10; i++) bomb.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");

        Assert.Contains("YAML aliases repeat more than", Imported.Result(bomb.ToString()).Messages[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Aliases_of_long_texts_are_refused()
    {
        var bomb = new StringBuilder("openapi: 3.0.0\na: &a ").Append('x', 100_000).Append("\nb: [");
        for (var i = 0; i < 10_000; i++) bomb.Append("*a, ");

        Assert.Contains("YAML aliases repeat more than", Imported.Result(bomb.Append(']').ToString()).Messages[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Merge_keys_that_multiply_are_refused()
    {
        var bomb = new StringBuilder("openapi: 3.0.0\na0: &a0 {x: 1, y: 1}\n");
        for (var i = 1; i < 30; i++) bomb.Append($"a{i}: &a{i} {{<<: *a{i - 1}, b: *a{i - 1}}}\n");

        Assert.Contains("YAML aliases repeat more than", Imported.Result(bomb.ToString()).Messages[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Limits_of_the_options_are_kept()
    {
        Assert.Contains("larger than 10 bytes", Imported.Result(Small, new ImportOptions { MaxDocumentBytes = 10 }).Messages[^1].Text, StringComparison.Ordinal);
        Assert.Contains("more than 50 values", Imported.Result(Small, new ImportOptions { MaxNodes = 50 }).Messages[^1].Text, StringComparison.Ordinal);
        Assert.Contains("deeper than 4 levels", Imported.Result(Small, new ImportOptions { MaxDepth = 4 }).Messages[^1].Text, StringComparison.Ordinal);
        Assert.Contains("more than 100 bytes", Imported.Result(Small, new ImportOptions { MaxOutputBytes = 100 }).Messages[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void References_that_multiply_large_parts_are_refused()
    {
        var properties = string.Join(',', Enumerable.Range(0, 1_000).Select(i => $"\"p{i}\":{{\"type\":\"string\"}}"));
        const string Path = """{"get":{"parameters":[{"$ref":"#/components/parameters/P"}],"responses":{"200":{"$ref":"#/components/responses/R"}}}}""";
        var paths = string.Join(',', Enumerable.Range(0, 3_000).Select(i => $"\"/a{i}\":{Path}"));
        var document = """
            {"openapi":"3.0.0","paths":{PATHS},"components":{
            "parameters":{"P":{"name":"p","in":"query","schema":{"properties":{PROPERTIES}}}},
            "responses":{"R":{"description":"d","headers":{"X":{"schema":{"properties":{PROPERTIES}}}}}}}}
            """.Replace("PATHS", paths, StringComparison.Ordinal).Replace("PROPERTIES", properties, StringComparison.Ordinal);

        var result = Imported.Result(document, new ImportOptions { MaxOutputBytes = 10_000_000 });

        Assert.Null(result.Connector);
        Assert.Contains("is more than 10000000 bytes", result.Messages[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_import_stops()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();

        Assert.Throws<OperationCanceledException>(() => DescriptionImporter.Import(Encoding.UTF8.GetBytes(Small), ImportOptions.Default, source.Token));
    }

    [Fact]
    public void Any_damage_to_a_description_has_an_answer()
    {
        var damage = Gen.Select(Gen.Int[0, Documents.Length - 1], Gen.Select(Gen.Double[0, 1], Gen.Int[0, 2], Gen.Int[0, Pieces.Length - 1].Select(i => Pieces[i])).Array[1, 6]);

        damage.Sample((which, edits) =>
        {
            var damaged = edits.Aggregate(Encoding.UTF8.GetBytes(Documents[which]), (bytes, edit) => Damage(bytes, edit.Item1, edit.Item2, edit.Item3));
            var result = Import(damaged);
            return result.Connector is not null || result.Messages[^1] is { Severity: ImportSeverity.Error };
        }, iter: 3_000);
    }

    [Fact]
    public void Any_damage_that_can_be_read_leaves_definitions_sound()
    {
        var damage = Gen.Select(Gen.Bool, Gen.Select(Gen.Double[0, 1], Gen.Int[0, Values.Length - 1].Select(i => Values[i])).Array[1, 4]);

        damage.Sample((isSwagger, edits) =>
        {
            var damaged = edits.Aggregate(Encoding.UTF8.GetBytes(Documents[isSwagger ? 3 : 1]), (bytes, edit) => ReplaceToken(bytes, edit.Item1, edit.Item2));
            if (Import(damaged).Connector is { } connector) DefinitionChecks.AssertSound(connector.Contents);
        }, iter: 300);
    }

    private static readonly string[] Pieces =
        ["", "{", "}", "[", "]", ",", ":", "\"", "'", "\n", "\t", "&a ", "*a", "*p", "<<: ", "? ", "- ", "| ", "!!int ", "null", "$ref", "#/", "0", "-", "\0", "\u00FF", "---\n", "%"];

    private static readonly string[] Values =
        ["null", "true", "1.5", "-1", "\"text\"", "[]", "{}", "[1]", "{\"a\":1}", "[{\"$ref\":\"#/components/schemas/B\"}]", "{\"$ref\":\"#/components/schemas/A\"}", "\"#/components/schemas/B\"", "\"allOf\"", "\"nullable\""];

    /// <summary>Cuts some bytes out, puts a piece in, or repeats some bytes.</summary>
    private static byte[] Damage(byte[] bytes, double where, int how, string piece)
    {
        var at = (int)(where * bytes.Length);
        var length = Math.Min(bytes.Length - at, 1 + (piece.Length * 7 % 11));
        return how switch
        {
            0 => [.. bytes[..at], .. bytes[(at + length)..]],
            1 => [.. bytes[..at], .. Encoding.UTF8.GetBytes(piece), .. bytes[at..]],
            _ => [.. bytes[..(at + length)], .. bytes[at..]],
        };
    }

    /// <summary>Puts another value or name in the place of a string, so that the text stays JSON.</summary>
    private static byte[] ReplaceToken(byte[] bytes, double where, string value)
    {
        var text = Encoding.UTF8.GetString(bytes);
        var start = text.IndexOf('"', (int)(where * text.Length));
        var end = start < 0 ? -1 : text.IndexOf('"', start + 1);
        if (end < 0) return bytes;
        var isName = text[(end + 1)..].TrimStart().StartsWith(':');
        return Encoding.UTF8.GetBytes(text[..start] + (isName && !value.StartsWith('"') ? "\"items\"" : value) + text[(end + 1)..]);
    }

    private static ImportResult Import(byte[] document) =>
        DescriptionImporter.Import(document, ImportOptions.Default, TestContext.Current.CancellationToken);

    private static string ToJson(string yaml)
    {
        var graph = new YamlDotNet.Serialization.DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize<object>(yaml);
        return new YamlDotNet.Serialization.SerializerBuilder().JsonCompatible().Build().Serialize(graph);
    }
}
