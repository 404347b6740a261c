using System.Text;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Versions;

public sealed class PostmanImportTests(Hosts hosts)
{
    private const string New = "protocols/http/import";

    private const string Collection = """
        {
          "info": {"name": "Parcels by Postman", "_postman_id": "1", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
          "auth": {"type": "oauth1", "oauth1": [{"key": "consumerSecret", "value": "hidden-secret"}, {"key": "signatureMethod", "value": "HMAC-SHA256"}]},
          "variable": [{"key": "baseUrl", "value": "https://api.example.com/v1"}],
          "item": [
            {"name": "Parcels", "item": [{"name": "Send", "request": {"method": "POST", "url": "{{baseUrl}}/parcels/:id?dry=true", "header": [{"key": "Authorization", "value": "Bearer hidden-token"}],
              "auth": {"type": "awsv4", "awsv4": [{"key": "secretKey", "value": "hidden-key"}, {"key": "region", "value": "eu-west-1"}]},
              "body": {"mode": "raw", "raw": "{\"to\": \"Ann\", \"password\": \"hidden-word\"}", "options": {"raw": {"language": "json"}}}},
              "response": [{"name": "sent", "code": 201, "body": "{\"id\": 1, \"note\": \"with hidden-token\"}", "_postman_previewlanguage": "json"}]}]}
          ]
        }
        """;

    [Theory, EachDatabase]
    public async Task A_collection_becomes_a_connector_that_can_be_published(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        var imported = (await acme.PostAsync(New, Upload.Of(Collection, new { format = "postman" }, "parcels.postman_collection.json"))).Expect(201);

        var connector = imported["connector"];
        Assert.Equal(("Parcels by Postman", "{{ conn.baseUrl }}"), (connector["name"]!.GetValue<string>(), connector["baseUrl"]!.GetValue<string>()));
        Assert.Equal("""[{"name":"baseUrl","value":"https://api.example.com/v1"}]""", connector["connectionVariables"]!.ToJsonString());
        Assert.Equal(["oauth1", "aws-signature", "api-key"], connector["authSchemeConfigs"]!.AsArray().Select(c => c!["schemeType"]!.GetValue<string>()));
        var action = Assert.Single(imported["actions"].AsArray())!;
        Assert.Equal("Parcels_Send", action["name"]!.GetValue<string>());
        Assert.Equal("/parcels/{{ param.id }}", action["path"]!.GetValue<string>());
        Assert.Equal(["Parcels_Send_request", "Parcels_Send_response_201"], imported["definitions"].AsArray().Select(d => d!["name"]!.GetValue<string>()));
        var id = connector["id"]!.GetValue<string>();
        await acme.PublishAsync(id, "1");
        (await acme.PutAsync($"connectors/{id}", await acme.ConnectorUpdateAsync(id))).Expect(200);
        foreach (var config in connector["authSchemeConfigs"]!.AsArray())
            (await acme.PutAsync($"connectors/{id}/auth-scheme-configs/{config!["id"]}", config)).Expect(200);
    }

    [Theory, EachDatabase]
    public async Task No_secret_of_a_collection_is_answered_or_stored(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        var acme = await host.NewOrganisationAsync();
        var imported = (await acme.PostAsync(New, Upload.Of(Collection, new { format = "postman" }))).Expect(201);

        Assert.DoesNotContain("hidden", imported.Json.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains(imported["messages"].AsArray(), m => m!["text"]!.GetValue<string>().StartsWith("An auth block holds a secret", StringComparison.Ordinal));
        var dump = await StoreDump.OfAsync(host);
        Assert.DoesNotContain("hidden", dump, StringComparison.Ordinal);
        Assert.DoesNotContain(Hex("hidden"), dump, StringComparison.Ordinal);
        // The same look finds what is there.
        Assert.Contains("Parcels by Postman", dump, StringComparison.Ordinal);
        Assert.Contains(Hex("password"), dump, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collection_is_known_whatever_it_is_called_and_so_is_a_description()
    {
        var acme = await (await hosts.OfAsync(Database.Sqlite)).NewOrganisationAsync();
        Assert.Equal("Parcels by Postman", (await acme.PostAsync(New, Upload.Of(Collection))).Expect(201)["connector"]["name"]!.GetValue<string>());
        Assert.Equal("Parcels", (await acme.PostAsync(New, Upload.Of(new Description().ToString(), new { format = "postman" }))).Expect(201)["connector"]["name"]!.GetValue<string>());
        Assert.Equal("Bare", (await acme.PostAsync(New, Upload.Of("""{"info":{"name":"Bare"},"item":[]}""", new { format = "postman" }))).Expect(201)["connector"]["name"]!.GetValue<string>());
        (await acme.PostAsync(New, Upload.Of("""{"info":{"name":"Bare"},"item":[]}"""))).ExpectError(400, "description_unreadable");
        (await acme.PostAsync(New, Upload.Of(Collection, new { format = "insomnia" }))).ExpectError(400, "invalid_request", "metadata.format");
        await using var upstream = await Upstream.StartAsync(Collection);
        var connector = (await acme.PostAsync(New, new { schemaURL = upstream.Address.ToString(), format = "postman" })).Expect(201)["connector"]["id"];
        (await acme.PostAsync($"connector/{connector}/http/import", Upload.Of(Collection, new { format = "postman", version = "two" }))).Expect(201);
    }

    private static string Hex(string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text));
}
