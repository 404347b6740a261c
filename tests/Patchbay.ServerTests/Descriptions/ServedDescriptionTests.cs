using System.Text;
using System.Text.Json.Nodes;
using Microsoft.OpenApi;
using Patchbay.Platform.Http;
using Xunit;

namespace Patchbay.ServerTests.Descriptions;

public sealed class ServedDescriptionTests(DescribedServer server)
{
    public static TheoryData<string> Names => [.. ApiDocuments.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_committed_description_is_the_served_one(string name)
    {
        var served = await server.DescriptionAsync(name) + "\n";
        var path = RepositoryRoot.File("openapi", $"{name}.json");
        if (Environment.GetEnvironmentVariable("PATCHBAY_ACCEPT") == "1")
            await File.WriteAllTextAsync(path, served, TestContext.Current.CancellationToken);

        var committed = File.Exists(path) ? await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken) : "";

        Assert.True(committed == served,
            $"""
            openapi/{name}.json is not what the server says of itself. Where the change is meant, accept it, look at the difference and commit it:
              PATCHBAY_ACCEPT=1 dotnet test tests/Patchbay.ServerTests --filter The_committed_description_is_the_served_one
            The first difference: {FirstDifference(committed, served)}
            """);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_description_is_valid(string name)
    {
        using var json = new MemoryStream(Encoding.UTF8.GetBytes(await server.DescriptionAsync(name)));

        var read = await OpenApiDocument.LoadAsync(json, "json", cancellationToken: TestContext.Current.CancellationToken);

        Assert.Empty(read.Diagnostic!.Errors);
        Assert.Empty(read.Diagnostic.Warnings);
        Assert.Equal(OpenApiSpecVersion.OpenApi3_1, read.Diagnostic.SpecificationVersion);
        Assert.NotEmpty(read.Document!.Paths);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_reference_resolves_and_nothing_stands_there_unused(string name)
    {
        var document = JsonNode.Parse(await server.DescriptionAsync(name))!;
        var components = document["components"]!["schemas"]!.AsObject().Select(s => $"#/components/schemas/{s.Key}");

        var references = Values(document, "$ref").Concat(document["components"]!["schemas"]!.AsObject()
            .SelectMany(s => s.Value!["discriminator"]?["mapping"]?.AsObject().Select(m => m.Value!.GetValue<string>()) ?? []));

        Assert.Equal(components.Order(StringComparer.Ordinal), references.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Every_operation_has_an_id_of_its_own_and_says_what_it_does_and_how_it_fails(string name)
    {
        var document = JsonNode.Parse(await server.DescriptionAsync(name))!;

        var operations = document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject().Select(o => (Path: p.Key, Operation: o.Value!))).ToList();

        Assert.Distinct(operations.Select(o => o.Operation["operationId"]!.GetValue<string>()), StringComparer.Ordinal);
        Assert.All(operations, o =>
        {
            Assert.False(string.IsNullOrEmpty(o.Operation["summary"]?.GetValue<string>()));
            Assert.Equal("#/components/schemas/Error", o.Operation["responses"]!["default"]!["content"]!["application/json"]!["schema"]!["$ref"]!.GetValue<string>());
            var inPath = (o.Operation["parameters"]?.AsArray() ?? []).Where(p => p!["in"]!.GetValue<string>() == "path").ToList();
            Assert.All(inPath, p => Assert.Contains($"{{{p!["name"]}}}", o.Path, StringComparison.Ordinal));
            Assert.All(inPath, p => Assert.NotNull(p!["description"]));
            Assert.Equal(o.Path.Count(c => c == '{'), inPath.Count);
        });
    }

    [Fact]
    public async Task A_description_is_sent_once_to_a_client_that_keeps_it()
    {
        using var first = await server.SendAsync(HttpMethod.Get, "/openapi/connect-v1.json");

        using var second = await server.SendAsync(HttpMethod.Get, "/openapi/connect-v1.json", r => r.Headers.IfNoneMatch.Add(first.Headers.ETag!));

        Assert.Equal(304, (int)second.StatusCode);
    }

    [Fact]
    public async Task An_unknown_description_is_an_error_in_the_usual_shape()
    {
        using var answer = await server.SendAsync(HttpMethod.Get, "/openapi/billing-v1.json");

        Assert.Equal(404, (int)answer.StatusCode);
        Assert.Equal("description_not_found", JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["code"]!.GetValue<string>());
    }

    private static IEnumerable<string> Values(JsonNode? node, string key) => node switch
    {
        JsonObject item => item.SelectMany(p => p.Key == key && p.Value is JsonValue value ? [value.GetValue<string>()] : Values(p.Value, key)),
        JsonArray items => items.SelectMany(i => Values(i, key)),
        _ => [],
    };

    private static string FirstDifference(string committed, string served)
    {
        var (ours, theirs) = (committed.Split('\n'), served.Split('\n'));
        var line = Enumerable.Range(0, Math.Min(ours.Length, theirs.Length)).FirstOrDefault(i => ours[i] != theirs[i], -1);
        return line < 0 ? $"{ours.Length} lines are committed, {theirs.Length} are served." : $"line {line + 1}: '{ours[line].Trim()}' is committed, '{theirs[line].Trim()}' is served.";
    }
}
