using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Execution;

/// <summary>
/// Runs the actions of published descriptions against live upstreams that are made of the descriptions themselves: what is generated to be valid
/// gets through, and what is not is refused before a byte is sent.
/// </summary>
public sealed class CorpusExecutionTests(Hosts hosts)
{
    private static readonly string[] Descriptions =
    [
        "openapi/box.json", "openapi/xero_accounting.yaml", "openapi/slack_swagger2.json", "openapi/twilio_api_v2010.json", "openapi/asana.yaml",
        "swagger2/Launch_Library_2.json", "swagger2/DocuWare.json", "swagger2/HubSpot_Conversations_V2.json", "swagger2/tyntec_WA.json", "swagger2/Airlabs.json",
        "swagger2/Hashify.json", "swagger2/Africa_s_Talking_Payments.json", "swagger2/Cascade_Strategy.json", "swagger2/Ambee.json", "swagger2/Alkymi.json",
    ];

    /// <summary>The two largest take longest to import, and are left to the full run.</summary>
    public static TheoryData<string> Files => new(Counts.Full ? Descriptions : [.. Descriptions.Where(d => !d.Contains("asana", StringComparison.Ordinal) && !d.Contains("twilio", StringComparison.Ordinal))]);

    [Theory, MemberData(nameof(Files))]
    public async Task Every_action_runs_with_valid_input_and_no_invalid_input_reaches_the_api(string file)
    {
        var bytes = Read(file);
        var host = await hosts.OfAsync(Database.Sqlite);
        var source = SourceDescription.Read(bytes);
        await using var upstream = await DescribedUpstream.StartAsync(source);
        var connector = await ImportedApi.ImportAsync(await host.NewOrganisationAsync("corpus"), bytes, Path.GetFileName(file), upstream.Address);
        var faults = new List<string>();
        var (ran, refused, unmade, known) = (0, 0, 0, source.Operations.ToLookup(o => (o.Method, o.Shape)));
        var all = connector.Actions;
        var chosen = Counts.Full ? all : [.. all.Where((_, i) => i % Math.Max(1, all.Count / 24) == 0)];
        foreach (var action in chosen)
        {
            var path = SourceOperation.ShapeOf((string)action["path"]!);
            var alike = known[((string)action["method"]!, path)].ToList();
            var written = ((string)action["path"]!).Replace("{{ param.", "{", StringComparison.Ordinal).Replace(" }}", "}", StringComparison.Ordinal);
            // Where paths differ in a placeholder's name or a fragment only, the id tells.
            if ((alike.Count == 1 ? alike[0] : alike.Find(o => o.IsNamed((string)action["name"]!)) ?? alike.Find(o => o.Path == written)) is not { } operation)
            {
                unmade++;
                continue;
            }

            upstream.Expected = operation;
            var input = await connector.ValidInputAsync(action);
            if (input is null)
            {
                unmade++;
                faults.Add($"{action["name"]}: no valid input was made");
                continue;
            }

            var before = upstream.Count;
            var answer = await connector.ExecuteAsync(action, input);
            ran++;
            if (answer.Status != 200 || upstream.Count != before + 1)
                faults.Add($"{action["name"]} with {input.ToJsonString()}: {answer}");
            else if (upstream.AnswerConforms && !answer["response"]["conforms"]!.GetValue<bool>())
                faults.Add($"{action["name"]}: the answer should conform: {answer.Json["response"]} {answer.Json["body"]}");
            before = upstream.Count;
            await foreach (var (fault, field, invalid) in connector.InvalidInputsAsync(action, input))
            {
                var refusal = await connector.ExecuteAsync(action, invalid);
                refused++;
                if (refusal.Status != 400 || refusal.Code != "invalid_request" || !refusal.Text.Contains($"\"field\":\"{field}", StringComparison.Ordinal))
                    faults.Add($"{action["name"]} with {fault}, {invalid.ToJsonString()}: {refusal}");
            }

            if (upstream.Count != before)
                faults.Add($"{action["name"]}: {upstream.Count - before} invalid requests were sent, the last {upstream.Last}");
        }

        faults.AddRange(upstream.Violations);
        TestContext.Current.TestOutputHelper?.WriteLine($"{file}: {ran} actions ran, {refused} invalid calls were refused, {unmade} of {chosen.Count} were left out; {faults.Count} faults");
        Assert.True(faults.Count == 0, string.Join('\n', faults.Take(25).Select(f => f.Length > 1500 ? f[..1500] : f)) + $"\n{faults.Count} faults");
        Assert.True(ran > 0 && unmade <= chosen.Count / 10, $"{ran} of {chosen.Count} actions ran");
        Assert.Empty(host.Log.Errors);
    }

    private static byte[] Read(string file)
    {
        if (RepositoryRoot.Shared(["corpus", .. file.Split('/')]) is { } path)
            return File.ReadAllBytes(path);
        Assert.Skip($"The corpus has no {file} here");
        return [];
    }
}

/// <summary>A connector made of a description, its base URL set to an upstream, with a connection without credentials.</summary>
internal sealed class ImportedApi
{
    private readonly Tenant _tenant;
    private readonly string _version;
    private readonly string _connection;
    private readonly ConcurrentDictionary<string, JsonNode?> _schemas = new(StringComparer.Ordinal);
    private readonly PlainSchema _plain;
    private readonly InstanceGenerator _generator;

    private ImportedApi(Tenant tenant, string version, string connection, IReadOnlyList<JsonObject> actions)
    {
        (_tenant, _version, _connection, Actions) = (tenant, version, connection, actions);
        _plain = new PlainSchema(Resolve);
        _generator = new InstanceGenerator(_plain, Resolve, sent: true, seed: 11);
    }

    public IReadOnlyList<JsonObject> Actions { get; }

    public static async Task<ImportedApi> ImportAsync(Tenant tenant, byte[] description, string fileName, string baseUrl)
    {
        var imported = (await tenant.PostAsync("protocols/http/import", Upload.Of(System.Text.Encoding.UTF8.GetString(description), fileName: fileName))).Expect(201);
        var connector = imported["connector"]["id"]!.GetValue<string>();
        var version = imported["connector"]["versions"]![0]!["name"]!.GetValue<string>();
        await tenant.ChangeConnectorAsync(connector, c => (c["baseUrl"], c["connectionVariables"]) = (baseUrl, new JsonArray()));
        var connection = (await tenant.PostAsync($"connectors/{connector}/connections", new { name = "live", credentials = new { action = Array.Empty<object>() }, variables = Array.Empty<object>() })).Expect(200).Id;
        return new ImportedApi(tenant, $"connectors/{connector}/versions/{Uri.EscapeDataString(version)}", connection, [.. imported["actions"].AsArray().Select(a => a!.AsObject())]);
    }

    public Task<Answer> ExecuteAsync(JsonObject action, JsonObject input) => _tenant.PostAsync($"{_version}/actions/{action["name"]}/execute", input);

    /// <summary>Input that conforms to all that the action says; null where none could be made.</summary>
    public Task<JsonObject?> ValidInputAsync(JsonObject action)
    {
        var parameters = new JsonObject();
        foreach (var parameter in action["parameters"]!.AsArray().Select(p => p!.AsObject()))
        {
            if (IsTypeOfBody(action, parameter) || (!IsRequired(parameter) && (parameter["deprecated"] is not null || ((string)parameter["name"]!).Sum(c => c) % 3 == 0)))
                continue;
            var made = _generator.Make(SchemaOf(parameter), "");
            if (!made.Found)
            {
                if (IsRequired(parameter))
                    return Task.FromResult<JsonObject?>(null);
                continue;
            }

            // What cannot be in a path, or in a header, is no input for it.
            parameters[KeyOf(action, parameter)] = Fitting(parameter, made.Value);
        }

        var input = new JsonObject { ["connectionId"] = _connection, ["parameters"] = parameters };
        if (action["requestBody"] is JsonObject body && body["definitions"]!.AsArray() is { Count: > 0 } links)
        {
            var link = links.FirstOrDefault(l => l!["mediaTypes"]!.AsArray().Any(t => SourceDescription.IsJson((string)t!))) ?? links[0]!;
            var type = (string)(link["mediaTypes"]!.AsArray().FirstOrDefault(t => SourceDescription.IsJson((string)t!)) ?? link["mediaTypes"]![0])!;
            if (type.Contains('*', StringComparison.Ordinal))
                type = "application/json";
            input["contentType"] = type;
            if (SourceDescription.IsJson(type) || SourceDescription.HasType(type, "multipart/form-data") || SourceDescription.HasType(type, "application/x-www-form-urlencoded"))
            {
                var made = _generator.Make(new JsonObject { ["$ref"] = UrlOf(link) }, "");
                if (!made.Found)
                    return Task.FromResult<JsonObject?>(null);
                input["body"] = made.Value;
            }
            else
                input["body"] = type.StartsWith("text/", StringComparison.Ordinal) ? type.EndsWith("xml", StringComparison.Ordinal) ? "<a/>" : "text" : type.EndsWith("xml", StringComparison.Ordinal) ? "<a/>" : Convert.ToBase64String([1, 2, 3]);
        }

        return Task.FromResult<JsonObject?>(input);
    }

    /// <summary>Inputs with one fault each, and the field at fault.</summary>
    public async IAsyncEnumerable<(string Fault, string Field, JsonObject Input)> InvalidInputsAsync(JsonObject action, JsonObject valid)
    {
        await Task.CompletedTask;
        yield return ("an extra parameter", "parameters.no-such-parameter", Changed(valid, i => i["parameters"]!["no-such-parameter"] = 1));
        foreach (var parameter in action["parameters"]!.AsArray().Select(p => p!.AsObject()))
        {
            var key = KeyOf(action, parameter);
            if (IsRequired(parameter) && parameter["default"] is null && !IsTypeOfBody(action, parameter))
                yield return ($"no {key}", $"parameters.{key}", Changed(valid, i => i["parameters"]!.AsObject().Remove(key)));
            foreach (var wrong in (JsonNode[])[new JsonObject { ["of"] = new JsonArray(1) }, new JsonArray(new JsonArray(true)), JsonValue.Create("no number"), JsonValue.Create(0.5)])
            {
                if (parameter["contentType"] is not null || _plain.Accepts(SchemaOf(parameter), "", wrong, sent: true, out _))
                    continue;
                yield return ($"{key} of another type", $"parameters.{key}", Changed(valid, i => i["parameters"]![key] = wrong.DeepClone()));
                break;
            }
        }

        if (action["requestBody"] is not JsonObject body)
        {
            yield return ("a body that is not taken", "body", Changed(valid, i => i["body"] = 1));
            yield break;
        }

        if (PlainSchema.Flag(body, "required") && valid.ContainsKey("body"))
            yield return ("no body", "body", Changed(valid, i => i.Remove("body")));
        if (valid["contentType"] is not null)
            yield return ("an odd content type", "contentType", Changed(valid, i => i["contentType"] = "application/x-nobody-declares-this"));
        var type = (string?)valid["contentType"] ?? "";
        if (!SourceDescription.IsJson(type) || body["definitions"]!.AsArray().FirstOrDefault(l => l!["mediaTypes"]!.AsArray().Any(t => (string)t! == type)) is not { } link)
            yield break;
        var schema = new JsonObject { ["$ref"] = UrlOf(link) };
        foreach (var wrong in (JsonNode[])[JsonValue.Create("no object"), JsonValue.Create(17), new JsonArray(new JsonArray(1)), new JsonObject { ["x"] = 1 }])
        {
            if (!_plain.Accepts(schema, "", wrong, sent: true, out _))
                yield return ("a broken body", "body", Changed(valid, i => i["body"] = wrong.DeepClone()));
        }

        if (valid["body"] is JsonObject fields)
        {
            foreach (var (name, value) in fields.ToList())
            {
                // One field of another kind, one left out, where the definition minds.
                foreach (var wrong in (JsonNode?[])[new JsonObject { ["odd"] = new JsonArray(7) }, JsonValue.Create("odd"), new JsonArray(new JsonArray(7))])
                {
                    var broken = Changed(valid, i => i["body"]![name] = wrong?.DeepClone());
                    if (_plain.Accepts(schema, "", broken["body"], sent: true, out _))
                        continue;
                    yield return ($"a broken field {name}", "body", broken);
                    break;
                }

                var without = Changed(valid, i => i["body"]!.AsObject().Remove(name));
                if (!_plain.Accepts(schema, "", without["body"], sent: true, out _))
                    yield return ($"the field {name} missing", "body", without);
            }
        }
    }

    private static bool IsRequired(JsonObject parameter) => PlainSchema.Flag(parameter, "required");

    /// <summary>The header says what the body is, which the call says in <c>contentType</c>.</summary>
    private static bool IsTypeOfBody(JsonObject action, JsonObject parameter) =>
        action["requestBody"] is not null && (string)parameter["in"]! == "header" && string.Equals((string)parameter["name"]!, "Content-Type", StringComparison.OrdinalIgnoreCase);

    private static string KeyOf(JsonObject action, JsonObject parameter) =>
        action["parameters"]!.AsArray().Count(p => (string)p!["name"]! == (string)parameter["name"]!) > 1 ? $"{parameter["in"]}:{parameter["name"]}" : (string)parameter["name"]!;

    private static JsonNode? SchemaOf(JsonObject parameter) => parameter["schema"] ?? new JsonObject { ["type"] = (string)parameter["type"]! };

    private static JsonNode? Fitting(JsonObject parameter, JsonNode? value) =>
        value is not JsonValue text || text.GetValueKind() != JsonValueKind.String ? value
        : (string)parameter["in"]! == "path" && text.GetValue<string>() is "" or "." or ".." ? "x"
        : (string)parameter["in"]! == "header" && string.Equals((string)parameter["name"]!, "Content-Type", StringComparison.OrdinalIgnoreCase) ? "application/json"
        : value;

    private static JsonObject Changed(JsonObject input, Action<JsonObject> change)
    {
        var changed = input.DeepClone().AsObject();
        change(changed);
        return changed;
    }

    private static string UrlOf(JsonNode link) => (string)link["definition"]!["url"]!;

    /// <summary>A definition by the address under which the server gives it.</summary>
    private (JsonNode? Schema, string Document) Resolve(string reference, string document)
    {
        var hash = reference.IndexOf('#', StringComparison.Ordinal);
        var (file, fragment) = hash < 0 ? (reference, "") : (reference[..hash], reference[(hash + 1)..]);
        var address = file.Length == 0 ? document : file.Contains("://", StringComparison.Ordinal) ? file : document.Length == 0
            ? $"{Actions.SelectMany(a => a["responses"]!.AsArray()).SelectMany(r => r!["definitions"]!.AsArray()).Select(l => UrlOf(l!)).Select(u => u[..(u.LastIndexOf('/') + 1)]).First()}{file}"
            : new Uri(new Uri(document), file).AbsoluteUri;
        var at = _schemas.GetOrAdd(address, a =>
        {
            var answer = _tenant.Api.GetAsync(a).GetAwaiter().GetResult();
            return answer.Status == 200 && !a.EndsWith(".xsd", StringComparison.Ordinal) ? JsonNode.Parse(answer.Text, documentOptions: new JsonDocumentOptions { MaxDepth = 500 }) : null;
        });
        foreach (var segment in fragment.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var key = Uri.UnescapeDataString(segment).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            at = at switch { JsonObject holder => holder[key], JsonArray list when int.TryParse(key, System.Globalization.CultureInfo.InvariantCulture, out var i) => list[i], _ => null };
        }

        return (at, address);
    }
}
