using System.Text.Json.Nodes;
using Patchbay.ServerTests.Hosting;

namespace Patchbay.ServerTests.Versions;

/// <summary>All that is in a version, as text without ids, addresses and times: equal for two versions with the same contents.</summary>
internal static class VersionContents
{
    public static async Task<string> ReadAsync(Tenant reader, string connectorId, string version, string? ownerId = null)
    {
        var owner = ownerId ?? reader.Id;
        var name = Uri.EscapeDataString(version);
        var root = $"/api/connect/v1/o/{owner}/connectors/{connectorId}/versions/{name}";
        var contents = new JsonObject();
        foreach (var kind in (string[])["actions", "triggers", "definitions"])
        {
            var items = new JsonArray();
            contents[kind] = items;
            for (var page = $"{root}/{kind}?first=100&sort=name:asc"; page is not null;)
            {
                var answer = (await reader.GetAsync(page)).Expect(200);
                foreach (var item in answer[kind].AsArray())
                    items.Add(Bare(item!));
                page = answer.Json["next"] is { } next ? $"{root}/{kind}?first=100&sort=name:asc&after={next}" : null;
            }
        }

        foreach (var definition in contents["definitions"]!.AsArray())
        {
            var folder = $"/api/connect/v1/o/{owner}/schemas/{connectorId}/{name}/";
            var schema = (await reader.GetAsync($"{folder}{definition!["name"]}.json")).Expect(200);
            definition["schema"] = schema.Text.Replace(reader.Host.Address.GetLeftPart(UriPartial.Authority) + folder, "", StringComparison.Ordinal);
        }

        return contents.ToJsonString();
    }

    /// <summary>The names in the order in which the default sort lists them.</summary>
    public static async Task<IReadOnlyList<string>> NamesAsync(Tenant reader, string connectorId, string version, string kind) =>
        [.. (await reader.GetAsync($"connectors/{connectorId}/versions/{Uri.EscapeDataString(version)}/{kind}?first=100")).Expect(200)[kind].AsArray()
            .Select(i => i!["name"]!.GetValue<string>())];

    private static JsonNode Bare(JsonNode node) => node switch
    {
        JsonObject o => new JsonObject(o.Where(m => m.Key is not ("id" or "url")).Select(m => KeyValuePair.Create(m.Key, m.Value is null ? null : (JsonNode?)Bare(m.Value)))),
        JsonArray a => new JsonArray([.. a.Select(i => i is null ? null : (JsonNode?)Bare(i))]),
        _ => node.DeepClone(),
    };
}
