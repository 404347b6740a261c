using System.Collections.Concurrent;
using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Versions;

/// <summary>Descriptions that are more than one document: as a zip, and by URL.</summary>
public sealed class SeveralDocumentsTests(Hosts hosts)
{
    private const string New = "protocols/http/import";

    private const string Root = """
        openapi: 3.0.3
        info: {title: Parcels in parts, version: '1'}
        servers: [{url: 'https://api.example.com'}]
        paths:
          /parcels/{id}: {$ref: 'paths/parcel.yaml'}
        """;

    private const string ParcelPath = """
        get:
          operationId: getParcel
          parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
          responses:
            '200': {description: it, content: {application/json: {schema: {$ref: '../schemas.yaml#/Parcel'}}}}
        """;

    private const string Schemas = """
        Parcel: {type: object, properties: {sender: {$ref: '#/Party'}}}
        Party: {type: object, properties: {name: {type: string}}}
        """;

    [Theory, EachDatabase]
    public async Task A_zip_is_uploaded_and_read_as_one_description(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        foreach (var (name, type) in ((string, string?)[])[("api.zip", "application/zip"), ("api.yaml", "application/yaml"), ("blob", null)])
        {
            using var form = ZipUpload(Zip(("api/openapi.yaml", Root), ("api/paths/parcel.yaml", ParcelPath), ("api/schemas.yaml", Schemas)), name, type);
            var imported = (await acme.PostAsync(New, form)).Expect(201);
            Assert.Equal(["getParcel"], imported["actions"].AsArray().Select(a => a!["name"]!.GetValue<string>()));
            Assert.Equal(["Parcel", "Party"], imported["definitions"].AsArray().Select(a => a!["name"]!.GetValue<string>()));
            Assert.Empty(imported["messages"].AsArray());
            var url = imported["definitions"][0]!["url"]!.GetValue<string>();
            var party = (await acme.Api.GetAsync(url)).Expect(200)["properties"]["sender"]!["$ref"]!.GetValue<string>();
            Assert.EndsWith("/Party.json", party, StringComparison.Ordinal);
            Assert.Equal("string", (await acme.Api.GetAsync(party)).Expect(200)["properties"]["name"]!["type"]!.GetValue<string>());
        }
    }

    [Theory]
    [InlineData("../../etc/openapi.yaml", "leads out of it")]
    [InlineData("other.yaml", "holds no API description")]
    public async Task A_zip_that_cannot_be_taken_says_why(string name, string reason)
    {
        var acme = await (await hosts.OfAsync(Database.Sqlite)).NewOrganisationAsync();
        using var form = ZipUpload(Zip((name, "a: b")), "api.zip", "application/zip");
        var refused = (await acme.PostAsync(New, form)).ExpectError(400, "description_unreadable");
        Assert.Contains(reason, refused["message"].GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(0, (await acme.GetAsync("connectors"))["totalCount"].GetValue<int>());
    }

    [Fact]
    public async Task A_zip_that_unpacks_to_too_much_is_refused()
    {
        var acme = await (await hosts.OfAsync(Database.Sqlite)).NewOrganisationAsync();
        using var form = ZipUpload(Zip(("openapi.yaml", Root + new string(' ', 70 * 1024 * 1024))), "api.zip", "application/zip");
        var refused = (await acme.PostAsync(New, form)).ExpectError(400, "description_unreadable");
        Assert.Contains("comes to more than", refused["message"].GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task A_description_in_parts_is_fetched_and_what_must_not_be_is_left_out_with_the_reason(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        await using var elsewhere = await Upstream.StartAsync("Stolen: {type: string}");
        await using var upstream = await ServeAsync(new()
        {
            ["/specs/openapi.yaml"] = Root + $$"""

                components:
                  schemas:
                    Private: {type: object, properties: {a: {$ref: 'http://10.1.2.3/private.yaml#/A'} } }
                    Metadata: {type: object, properties: {a: {$ref: 'http://169.254.169.254/latest/meta-data'} } }
                    Neighbour: {type: object, properties: {a: {$ref: '{{elsewhere.Address}}stolen.yaml#/Stolen'} } }
                    Led: {type: object, properties: {a: {$ref: 'led.yaml#/Stolen'} } }
                    Gone: {type: object, properties: {a: {$ref: 'gone.yaml#/A'} } }
                """,
            ["/specs/paths/parcel.yaml"] = ParcelPath,
            ["/specs/schemas.yaml"] = Schemas,
            ["/specs/led.yaml"] = $"-> {elsewhere.Address}stolen.yaml",
        });

        var imported = (await acme.PostAsync(New, new { schemaURL = $"{upstream.Address}specs/openapi.yaml", format = "openapi" })).Expect(201);

        Assert.Equal(["getParcel"], imported["actions"].AsArray().Select(a => a!["name"]!.GetValue<string>()));
        Assert.Superset(new HashSet<string> { "Parcel", "Party" }, imported["definitions"].AsArray().Select(a => a!["name"]!.GetValue<string>()).ToHashSet());
        var left = Assert.Single(imported["messages"].AsArray(), m => m!["text"]!.GetValue<string>().Contains("could not be read", StringComparison.Ordinal))!;
        var places = left["detail"]!.AsArray().Select(d => d!.GetValue<string>()).ToList();
        Assert.Equal(5, places.Count);
        foreach (var refused in (string[])["http://10.1.2.3/private.yaml#/A: ", "http://169.254.169.254/latest/meta-data: ", $"{elsewhere.Address}stolen.yaml#/Stolen: ", "led.yaml#/Stolen: "])
            Assert.Contains("is not allowed: it is not a public one", Assert.Single(places, p => p.StartsWith(refused, StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("answered with the status 404", Assert.Single(places, p => p.StartsWith("gone.yaml#/A: ", StringComparison.Ordinal)), StringComparison.Ordinal);
        // The operator opened loopback for this server, and still nobody was asked on account of the description.
        Assert.Empty(elsewhere.Requests);
        Assert.All(upstream.Requests, r => Assert.False(r.Headers.ContainsKey("Authorization")));
        Assert.Equal(upstream.Requests.Count, upstream.Requests.Select(r => r.Target).Distinct().Count());
    }

    [Theory]
    [InlineData(503, 502, "description_unreachable")]
    [InlineData(-1, 400, "description_unreadable")]
    public async Task What_may_be_otherwise_tomorrow_ends_the_import(int status, int expected, string code)
    {
        var acme = await (await hosts.OfAsync(Database.Sqlite)).NewOrganisationAsync();
        var references = string.Join('\n', Enumerable.Range(0, 101).Select(i => $"    S{i}: {{$ref: 's{i}.yaml'}}"));
        await using var upstream = await ServeAsync(new() { ["/openapi.yaml"] = Root + "\ncomponents:\n  schemas:\n" + references }, status);

        (await acme.PostAsync(New, new { schemaURL = $"{upstream.Address}openapi.yaml", format = "openapi" })).ExpectError(expected, code);

        Assert.InRange(upstream.Requests.Count, 1, 101);
        Assert.Equal(0, (await acme.GetAsync("connectors"))["totalCount"].GetValue<int>());
    }

    [Fact]
    public async Task A_zip_is_fetched_too()
    {
        var acme = await (await hosts.OfAsync(Database.Sqlite)).NewOrganisationAsync();
        var zip = Zip(("openapi.yaml", Root), ("paths/parcel.yaml", ParcelPath), ("schemas.yaml", Schemas));
        await using var upstream = await Upstream.StartAsync(context => context.Response.Body.WriteAsync(zip, context.RequestAborted).AsTask());

        var imported = (await acme.PostAsync(New, new { schemaURL = $"{upstream.Address}api.zip", format = "openapi" })).Expect(201);

        Assert.Equal(["Parcel", "Party"], imported["definitions"].AsArray().Select(a => a!["name"]!.GetValue<string>()));
        Assert.Single(upstream.Requests);
    }

    /// <summary>Serves texts by path. One that begins with an arrow is a redirect; what is not there has a status of its own.</summary>
    private static Task<Upstream> ServeAsync(ConcurrentDictionary<string, string> files, int missing = 404) => Upstream.StartAsync(async context =>
    {
        if (!files.TryGetValue(context.Request.Path.Value!, out var text))
            context.Response.StatusCode = missing < 0 ? 404 : missing;
        else if (text.StartsWith("-> ", StringComparison.Ordinal))
            context.Response.Redirect(text[3..]);
        else
            await context.Response.WriteAsync(text, context.RequestAborted);
    });

    private static MultipartFormDataContent ZipUpload(byte[] zip, string name, string? contentType)
    {
        var file = new ByteArrayContent(zip);
        if (contentType is not null)
            file.Headers.TryAddWithoutValidation("Content-Type", contentType);
        return new MultipartFormDataContent { { new StringContent("""{"format":"openapi"}"""), "metadata" }, { file, "file", name } };
    }

    private static byte[] Zip(params (string Name, string Content)[] entries)
    {
        using var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return stream.ToArray();
    }
}
