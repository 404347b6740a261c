using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace Patchbay.ServerTests.Descriptions;

/// <summary>Holds the descriptions against the published ones, which lie beside the repository.</summary>
public sealed class PublishedContractTests(DescribedServer server)
{
    /// <summary>Published schemas that only hold parts of others together, or are another word for a type; no field and no answer is missing without them.</summary>
    private static readonly HashSet<string> PartsAndAliases = new(StringComparer.Ordinal)
    {
        "ActionCommon", "ActionHTTPCommon", "ActionHTTPCommonCreate", "ActionHTTPResponseCommon", "ActionPath", "ActionTypeEnum", "CredentialUsages", "DefinitionCommon",
        "Tags", "TriggerCommon", "TriggerHTTPCommon", "TriggerHTTPCommonCreate", "TriggerHTTPResponseCommon", "TriggerTypeEnum",
        // A free object, and a text.
        "DynamicVariables", "ULID",
        // A self-hosted server bills nobody.
        "Billing", "Subscription",
    };

    [Fact]
    public async Task Nothing_published_is_missing_from_an_operation_that_the_server_has()
    {
        var compare = RepositoryRoot.Shared("contract", "compare") ?? throw Skipped("The published descriptions are not there.");

        var lines = await RunAsync("python3", compare, server.Url);

        // The contract's page: a user's primary connection may come later.
        var missing = lines.Where(l => l != "embedded CreateEndUser: required .primaryConnection").Where(l => !l.EndsWith(": no such operation", StringComparison.Ordinal) && !l.EndsWith(" operations as published", StringComparison.Ordinal));
        Assert.Empty(missing);
        Assert.All((string[])["connect: ", "embedded: ", "organisations: "], api => Assert.Contains(lines, l => l.StartsWith(api, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("connect")]
    [InlineData("embedded")]
    [InlineData("organisations")]
    public async Task Schemas_have_their_published_names(string api)
    {
        var path = RepositoryRoot.Shared("contract", $"{api}-api-v1.yaml") ?? throw Skipped("The published descriptions are not there.");
        var published = ReadYaml(await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        var ours = JsonNode.Parse(await server.DescriptionAsync($"{api}-v1"))!;
        var operations = Operations(ours).Select(o => (string)o["operationId"]!).ToHashSet(StringComparer.Ordinal);
        var wanted = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var operation in Operations(published).Where(o => operations.Contains((string)o["operationId"]!)))
            Collect(operation, published, wanted);
        wanted.ExceptWith(PartsAndAliases);

        wanted.ExceptWith(ours["components"]!["schemas"]!.AsObject().Select(s => s.Key));

        Assert.NotEmpty(operations);
        Assert.Empty(wanted);
    }

    private static IEnumerable<JsonNode> Operations(JsonNode document) =>
        document["paths"]!.AsObject().SelectMany(p => p.Value!.AsObject()).Where(o => o.Value is JsonObject item && item.ContainsKey("operationId")).Select(o => o.Value!);

    private static void Collect(JsonNode? node, JsonNode document, SortedSet<string> names)
    {
        const string Prefix = "#/components/schemas/";
        if (node is JsonArray items)
        {
            foreach (var item in items)
                Collect(item, document, names);
        }

        foreach (var (key, value) in node as JsonObject ?? [])
        {
            if (key != "$ref")
                Collect(value, document, names);
            else if (((string)value!).StartsWith(Prefix, StringComparison.Ordinal) && names.Add(((string)value!)[Prefix.Length..]))
                Collect(document["components"]!["schemas"]![((string)value!)[Prefix.Length..]], document, names);
        }
    }

    private static JsonNode ReadYaml(string text)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        return Json(yaml.Documents[0].RootNode);

        static JsonNode Json(YamlNode node) => node switch
        {
            YamlMappingNode map => new JsonObject(map.Select(p => KeyValuePair.Create(((YamlScalarNode)p.Key).Value!, (JsonNode?)Json(p.Value)))),
            YamlSequenceNode list => new JsonArray([.. list.Select(Json)]),
            _ => JsonValue.Create(((YamlScalarNode)node).Value ?? "")!,
        };
    }

    private static async Task<IReadOnlyList<string>> RunAsync(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw Skipped($"{program} is not there: {e.Message}");
        }

        using (process)
        {
            var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            if (errors.Contains("No module named 'yaml'", StringComparison.Ordinal))
                throw Skipped($"{program} has no yaml module.");
            Assert.Equal("", errors);
            return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
    }

    private static InvalidOperationException Skipped(string reason)
    {
        Assert.Skip(reason);
        return new InvalidOperationException(reason);
    }
}
