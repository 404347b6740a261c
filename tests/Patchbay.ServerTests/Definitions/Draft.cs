using System.Text.Json.Nodes;
using Patchbay.ServerTests.Hosting;

namespace Patchbay.ServerTests.Definitions;

/// <summary>A draft of a connector, to be edited.</summary>
/// <param name="Tenant">Whose it is.</param>
/// <param name="ConnectorId">The connector.</param>
/// <param name="Version">The version's name.</param>
public sealed record Draft(Tenant Tenant, string ConnectorId, string Version)
{
    public string Path => $"connectors/{ConnectorId}/versions/{Version}";

    /// <summary>An empty draft.</summary>
    public static async Task<Draft> NewAsync(PatchbayHost host)
    {
        var tenant = await host.NewOrganisationAsync();
        var connector = (await tenant.CreateConnectorAsync()).Id;
        await tenant.CreateVersionAsync(connector, "1");
        return new Draft(tenant, connector, "1");
    }

    /// <summary>A draft made of a description.</summary>
    public static async Task<Draft> ImportAsync(PatchbayHost host, Description? description = null)
    {
        var tenant = await host.NewOrganisationAsync();
        var imported = await tenant.ImportAsync(description);
        return new Draft(tenant, imported.Id, imported.Version);
    }

    public Task<Answer> GetAsync(string path) => Tenant.GetAsync($"{Path}/{path}");

    public Task<Answer> PostAsync(string path, object body) => Tenant.PostAsync($"{Path}/{path}", body);

    public Task<Answer> PutAsync(string path, object body) => Tenant.PutAsync($"{Path}/{path}", body);

    public Task<Answer> DeleteAsync(string path, object? body = null) =>
        Tenant.Api.SendAsync(HttpMethod.Delete, Tenant.Whole($"{Path}/{path}"), Api.ContentOf(body));

    /// <summary>Sends definitions of JSON Schemas to be created.</summary>
    public Task<Answer> DefineAsync(params (string Name, string Schema)[] definitions) =>
        PostAsync("definitions", new { definitions = definitions.Select(d => Definition(d.Name, d.Schema)) });

    /// <summary>A definition in the body of a request.</summary>
    public static object Definition(string name, string content, string contentType = "application/schema+json", params string[] accept) =>
        new { name, accept = accept.Length == 0 ? ["application/json"] : accept, schema = new { contentType, content } };

    /// <summary>Changes a definition.</summary>
    public async Task<Answer> PutDefinitionAsync(string name, string? newName = null, string? schema = null, string contentType = "application/schema+json")
    {
        var read = (await GetAsync($"definitions/{name}")).Expect(200).Json.AsObject();
        read.Remove("url");
        read.Remove("referencedBy");
        read["name"] = newName ?? name;
        if (schema is not null)
            read["schema"] = new JsonObject { ["contentType"] = contentType, ["content"] = schema };
        return await PutAsync($"definitions/{name}", read);
    }

    /// <summary>The schema of a definition, its references made relative again.</summary>
    public async Task<string> SchemaAsync(string name, string extension = ".json")
    {
        var url = (await GetAsync($"definitions/{name}")).Expect(200)["url"].GetValue<string>();
        var text = (await Tenant.Api.GetAsync(url)).Expect(200).Text;
        return text.Replace(url[..^(name + extension).Length], "", StringComparison.Ordinal).Replace("""{"$schema":"https://json-schema.org/draft/2020-12/schema",""", "{", StringComparison.Ordinal);
    }

    /// <summary>What refers to a definition, as words.</summary>
    public async Task<string> ReferencedByAsync(string name) => string.Join(", ",
        (await GetAsync($"definitions/{name}")).Expect(200)["referencedBy"].AsArray().Select(r => $"{r!["type"]} {r["name"]}"));

    /// <summary>A new action with one response.</summary>
    public static JsonObject Action(string name, string? definition = null) => new()
    {
        ["type"] = "http",
        ["name"] = name,
        ["method"] = "GET",
        ["path"] = "/things",
        ["parameters"] = new JsonArray(),
        ["responses"] = new JsonArray(new JsonObject { ["status"] = 200, ["definitions"] = Links(definition) }),
    };

    /// <summary>A new trigger with a body and one response.</summary>
    public static JsonObject Trigger(string name, string? definition = null) => new()
    {
        ["type"] = "http",
        ["name"] = name,
        ["method"] = "POST",
        ["parameters"] = new JsonArray(),
        ["requestBody"] = new JsonObject { ["required"] = true, ["definitions"] = Links(definition) },
        ["responses"] = new JsonArray(new JsonObject { ["definitions"] = new JsonArray() }),
    };

    private static JsonArray Links(string? definition) =>
        definition is null ? [] : [new JsonObject { ["definition"] = new JsonObject { ["name"] = definition } }];
}
