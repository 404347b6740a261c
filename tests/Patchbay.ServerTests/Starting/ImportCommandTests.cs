using System.IO.Compression;
using System.Text.Json.Nodes;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Starting;

/// <summary>What would become of a description, by the program alone.</summary>
public sealed class ImportCommandTests : IDisposable
{
    private const string Description = """
        openapi: 3.0.3
        info: {title: Parcels, version: '7'}
        servers: [{url: 'https://api.example.com'}]
        paths: {/parcels: {get: {operationId: listParcels, responses: {'200': {description: d, content: {application/json: {schema: {$ref: 'schemas/Parcel.yaml'}}}}}}}}
        components: {securitySchemes: {cert: {type: mutualTLS}}}
        """;

    private const string Parcel = "type: object\nproperties:\n  sender: {$ref: 'Party.yaml'}\n  lost: {$ref: '../gone.yaml'}\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("patchbay-import-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_description_and_what_lies_beside_it_is_reported(bool isZip)
    {
        var file = Write(("openapi.yaml", Description), ("schemas/Parcel.yaml", Parcel), ("schemas/Party.yaml", "type: object\n"));
        if (isZip)
        {
            var zip = Path.Combine(_folder, "..", Path.GetFileName(_folder) + ".zip");
            await ZipFile.CreateFromDirectoryAsync(_folder, zip, TestContext.Current.CancellationToken);
            File.Move(zip, file = Path.Combine(_folder, "all.zip"));
        }

        var (code, output, errors) = await RunAsync(file, "--report");

        Assert.Equal((0, ""), (code, errors));
        Assert.StartsWith("Parcels 7: 1 action, 0 triggers, 2 definitions, 0 auth schemes, 0 variables; 2 left out", output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^Security scheme +0 +0 +1$", output);
        Assert.Matches(@"(?m)^Schema +2 +0 +0$", output);
        var place = isZip ? "schemas/Parcel.yaml" : Path.Combine(_folder, "schemas/Parcel.yaml");
        Assert.Contains($"warning: A reference leads to another document, which could not be read; it was left out (../gone.yaml: {(isZip ? "the zip has no such file" : "there is no such file")})\n  {place}:4:16 /properties/lost/$ref", output, StringComparison.Ordinal);
        // No store and no key is made on the way.
        Assert.False(Directory.Exists(Path.Combine(_folder, "data")));
    }

    [Fact]
    public async Task The_report_is_JSON_for_programs()
    {
        var (code, output, _) = await RunAsync(Write(("a.json", """{"info":{"name":"C","_postman_id":"1"},"item":[{"name":"x","request":"https://a.example/b"}],"event":[{"script":{"exec":["x"]}}]}""")), "--json");

        Assert.Equal(0, code);
        var report = JsonNode.Parse(output)!;
        Assert.Equal(("C", "https://a.example", 1), (report["name"]!.GetValue<string>(), report["baseUrl"]!.GetValue<string>(), report["actions"]!.GetValue<int>()));
        Assert.Equal("operation", Assert.Single(report["parts"]!.AsArray(), p => p!["part"]!.GetValue<string>() == "operation")!["part"]!.GetValue<string>());
        Assert.Equal(("warning", "/event/0"), Assert.Single(report["messages"]!.AsArray(), m => m!["text"]!.GetValue<string>().StartsWith("A script", StringComparison.Ordinal)) is { } script
            ? (script["severity"]!.GetValue<string>(), script["pointer"]!.GetValue<string>()) : default);
    }

    [Fact]
    public async Task What_cannot_be_read_is_refused_with_line_and_column()
    {
        var file = Write(("bad.yaml", "openapi: 3.0.0\ninfo: {title: [}\n"), ("list.json", "\n  []"), ("empty.zip", "PK\u0005\u0006"));

        var (code, output, errors) = await RunAsync(file, "--report");
        Assert.Equal((1, ""), (code, output));
        Assert.Matches($"^{System.Text.RegularExpressions.Regex.Escape(file)}:2:\\d+: The document is no valid YAML", errors);
        Assert.StartsWith($"{Path.Combine(_folder, "list.json")}:2:3: The document is no object", (await RunAsync(Path.Combine(_folder, "list.json"))).Errors, StringComparison.Ordinal);
        Assert.Equal(1, (await RunAsync(Path.Combine(_folder, "empty.zip"), "--report")).Code);
    }

    [Fact]
    public async Task A_wrong_command_line_has_a_code_of_its_own()
    {
        var file = Write(("openapi.yaml", Description));

        Assert.Equal(2, (await RunAsync()).Code);
        Assert.Equal(2, (await RunAsync(file, "--nonsense")).Code);
        Assert.Equal(2, (await RunAsync(file, "--output", _folder)).Code);
        Assert.Contains("is a folder", (await RunAsync(_folder)).Errors, StringComparison.Ordinal);
        var missing = await RunAsync(Path.Combine(_folder, "missing.yaml"), "--report");
        Assert.Equal(2, missing.Code);
        Assert.Contains("there is no file", missing.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_outside_of_the_folder_is_read()
    {
        var outside = Path.Combine(_folder, "outside.yaml");
        Write(("outside.yaml", "S: {type: string, description: hidden}\n"));
        var file = Write(("api/openapi.yaml", "openapi: 3.0.0\ninfo: {title: T, version: '1'}\npaths: {}\ncomponents: {schemas: {A: {$ref: '../outside.yaml#/S'}, B: {$ref: 'link.yaml#/S'}, C: {$ref: 'file://" + outside + "#/S'}, D: {$ref: 'links/outside.yaml#/S'}, E: {$ref: '%2e%2e%2foutside.yaml#/S'}}}\n"));
        File.CreateSymbolicLink(Path.Combine(_folder, "api", "link.yaml"), outside);
        Directory.CreateSymbolicLink(Path.Combine(_folder, "api", "links"), _folder);

        var (code, output, _) = await RunAsync(file, "--report", "--output", Path.Combine(_folder, "out"));

        Assert.Equal(0, code);
        Assert.Contains("which could not be read; it was left out (5 places)", output, StringComparison.Ordinal);
        Assert.Contains("links/outside.yaml#/S: it is a symbolic link, which is not followed", output, StringComparison.Ordinal);
        foreach (var written in Directory.EnumerateFiles(Path.Combine(_folder, "out"), "*", SearchOption.AllDirectories))
            Assert.DoesNotContain("hidden", await File.ReadAllTextAsync(written, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Contents_are_written_as_files_that_refer_to_each_other()
    {
        var file = Write(("openapi.yaml", Description), ("schemas/Parcel.yaml", "properties: {sender: {$ref: 'Party.yaml'}}"), ("schemas/Party.yaml", "type: object\n"));
        var into = Path.Combine(_folder, "out", "deep");

        Assert.Equal(0, (await RunAsync(file, "-o", into)).Code);

        Assert.Equal(["actions/listParcels.json", "connector.json", "definitions/Parcel.json", "definitions/Party.json"],
            Directory.EnumerateFiles(into, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(into, f)).Order(StringComparer.Ordinal));
        var schema = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(into, "definitions", "Parcel.json"), TestContext.Current.CancellationToken))!;
        Assert.Equal("Party.json", schema["properties"]!["sender"]!["$ref"]!.GetValue<string>());
        Assert.Equal("/parcels", JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(into, "actions", "listParcels.json"), TestContext.Current.CancellationToken))!["path"]!.GetValue<string>());
    }

    [Fact]
    public async Task A_URL_is_fetched_by_the_rules_of_everything_that_goes_out()
    {
        await using var upstream = await Upstream.StartAsync("openapi: 3.0.0\ninfo: {title: Fetched, version: '1'}\npaths: {}\n", "text/plain");
        var url = upstream.Address + "openapi.yaml";

        var refused = await RunAsync(url, "--report");
        Assert.Equal(1, refused.Code);
        Assert.Contains("is not allowed", refused.Errors, StringComparison.Ordinal);
        Assert.Empty(upstream.Requests);
        Assert.StartsWith("Fetched 1: ", (await RunAsync(url, "--report", "--allow-network", "127.0.0.0/8")).Output, StringComparison.Ordinal);
        Assert.Equal(2, (await RunAsync(url, "--allow-network", "nonsense")).Code);
    }

    private string Write(params (string Name, string Text)[] files)
    {
        foreach (var (name, text) in files)
        {
            var path = Path.Combine(_folder, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        return Path.Combine(_folder, files[0].Name);
    }

    private async Task<(int Code, string Output, string Errors)> RunAsync(params string[] arguments)
    {
        await using var command = ServerProcess.Command(["import", .. arguments], Path.Combine(_folder, "data"));
        var code = await command.ExitedAsync();
        var errors = command.Errors;
        // What is written to either is kept in one list, so the rest is what went to the standard output.
        var lines = errors.Split('\n').ToHashSet(StringComparer.Ordinal);
        return (code, errors.Length == 0 ? command.Output : string.Join('\n', command.Output.Split('\n').Where(line => !lines.Contains(line))), errors);
    }
}
