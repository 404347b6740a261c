using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Http;

public sealed class MalformedRequestTests(Hosts hosts)
{
    private const string Organisations = "/api/organisations/v1/organisations";

    [Theory]
    [InlineData("force=maybe", "force")]
    [InlineData("force=1", "force")]
    [InlineData("force=true&force=false", "force")]
    public async Task A_flag_that_is_neither_true_nor_false_is_named(string query, string field)
    {
        var acme = await (await hosts.OfAsync(Database.Sqlite)).NewOrganisationAsync();
        var connector = await acme.CreateConnectorAsync();
        await acme.CreateVersionAsync(connector.Id, "1");
        foreach (var path in (string[])[$"connectors/{connector.Id}", $"connectors/{connector.Id}/versions/1", $"connectors/{connector.Id}/connections/01JDF3Q2M8V7K5T9XW4RZ6YB1C"])
        {
            var refused = (await acme.DeleteAsync($"{path}?{query}")).ExpectError(400, "invalid_request", field);
            Assert.DoesNotContain("bind", refused.Text, StringComparison.Ordinal);
        }

        (await acme.GetAsync($"connectors/{connector.Id}/versions/1")).Expect(200);
    }

    [Theory, EachDatabase]
    public async Task Odd_queries_and_path_values_are_no_bug(Database database)
    {
        var host = await hosts.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        var connector = (await acme.ImportAsync()).Id;
        string[] odd =
        [
            "%00", "a%00b", "%", "%zz", "%ff", "%c3%28", "%ed%a0%80", "%f0%9f%93%a6", "'", "%22", "%27%20OR%201=1--", "%5c", "%0a", "%0d%0aX-Injected:%201", "..", "%2e%2e", "*", "%25", "_",
            "~", "%7e", "a%2fb", "NULL", "-1", "9999999999999999999999", new string('x', 5000), "UUUUUUUUUUUUUUUUUUUUUUUUUU", "81JDF3Q2M8V7K5T9XW4RZ6YB1C", "zzzzzzzzzzzzzzzzzzzzzzzzzz",
        ];
        foreach (var value in odd)
        {
            foreach (var query in (string[])["first", "after", "before", "sort", "name", "protocol", "tags", "categories", "filter", "nonsense"])
            {
                await ExpectServedAsync(acme, $"connectors?{query}={value}");
                await ExpectServedAsync(acme, $"connectors/{connector}/versions/1.0.0/actions?{query}={value}");
                await ExpectServedAsync(acme, $"{Organisations}?{query}={value}");
            }

            if (value.Contains("..", StringComparison.Ordinal) || value == "%2e%2e")
                continue;
            foreach (var path in (string[])
            [
                $"connectors/{value}", $"connectors/{connector}/versions/{value}", $"connectors/{connector}/versions/{value}/actions", $"connectors/{connector}/versions/1.0.0/actions/{value}",
                $"connectors/{connector}/versions/1.0.0/triggers/{value}", $"connectors/{connector}/versions/1.0.0/definitions/{value}", $"connectors/{connector}/connections/{value}",
                $"schemas/{connector}/1.0.0/{value}", $"schemas/{connector}/{value}/Parcel0.json", $"/api/connect/v1/o/{value}/connectors", $"{Organisations}/{value}",
                $"{Organisations}/{acme.Id}/api-keys/{value}", $"/api/organisations/v1/slug/{value}/availability", $"/openapi/{value}.json", $"/api/proxy/{value}/x", $"/nonsense/{value}",
            ])
            {
                await ExpectServedAsync(acme, path);
                (await acme.DeleteAsync(path)).ExpectOneOf(400, 404, 405);
            }
        }

        Assert.Empty(host.Log.Errors);

        static async Task ExpectServedAsync(Tenant tenant, string path)
        {
            var answer = await tenant.GetAsync(path);
            Assert.True(answer.Status is 200 or (>= 400 and < 500), $"{answer}");
            Assert.DoesNotContain("X-Injected", answer.Headers.Keys);
            // Targets that are no HTTP at all are refused by the server under ours, with no body.
            if (answer.Status != 200 && answer.Bytes.Length > 0)
                answer.ExpectErrorShape();
        }
    }

    [Fact]
    public async Task A_body_of_another_type_than_json_is_refused()
    {
        var host = await hosts.OfAsync(Database.Sqlite);
        foreach (var type in (string?[])[null, "text/plain", "application/xml", "application/x-www-form-urlencoded", "text/json-ish", "nonsense", "application/json/x", "multipart/form-data"])
        {
            using var content = new ByteArrayContent("""{"slug":"typed","displayName":"X"}"""u8.ToArray());
            if (type is not null)
                content.Headers.TryAddWithoutValidation("Content-Type", type);
            (await host.Operator.PostAsync(Organisations, content)).ExpectError(415, "unsupported_media_type");
        }

        foreach (var type in (string[])["application/json; charset=utf-8", "APPLICATION/JSON", "application/merge-patch+json"])
        {
            using var content = new ByteArrayContent("""{"slug":"-","displayName":"X"}"""u8.ToArray());
            content.Headers.TryAddWithoutValidation("Content-Type", type);
            (await host.Operator.PostAsync(Organisations, content)).ExpectError(400, "invalid_request", "slug");
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_over_the_limit_is_refused_as_too_large(bool declared)
    {
        var host = await hosts.OfAsync(Database.Sqlite);
        foreach (var size in (int[])[8 * 1024 * 1024 + 1, 40 * 1024 * 1024])
        {
            using var content = declared ? (HttpContent)new ByteArrayContent(Blank(size)) : new StreamContent(new Unsized(Blank(size)));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            (await host.Operator.PostAsync(Organisations, content)).ExpectError(413, "body_too_large");
        }

        using var within = new ByteArrayContent([.. """{"slug":"-","displayName":"X"}"""u8, .. Blank(8 * 1024 * 1024 - 100)]);
        within.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        (await host.Operator.PostAsync(Organisations, within)).ExpectError(400, "invalid_request", "slug");

        static byte[] Blank(int size) => Enumerable.Repeat((byte)' ', size).ToArray();
    }

    [Fact]
    public async Task A_method_that_a_route_does_not_take_is_refused_and_the_others_are_named()
    {
        var host = await hosts.OfAsync(Database.Sqlite);
        var acme = await host.NewOrganisationAsync();
        var routes = host.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(r => r.Metadata.GetMetadata<IHttpMethodMetadata>() is not null)
            .GroupBy(r => r.RoutePattern.RawText!, r => r.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods).ToList();
        foreach (var route in routes)
        {
            // A name in a path, such as replay, may be what another route takes as an id.
            var taken = routes.Where(r => Covers(r.Key, route.Key)).SelectMany(r => r).SelectMany(m => m).ToHashSet(StringComparer.OrdinalIgnoreCase);
            var path = "/" + string.Join('/', route.Key.TrimStart('/').Split('/').Select(p => p.StartsWith('{') ? "01JDF3Q2M8V7K5T9XW4RZ6YB1C" : p))
                .Replace("{documentName}", "connect-v1", StringComparison.Ordinal);
            foreach (var method in ((string[])["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"]).Where(m => !taken.Contains(m)))
            {
                var refused = (await acme.Api.SendAsync(new HttpMethod(method), path)).ExpectError(405, "method_not_allowed");
                Assert.Equal(taken.Order(StringComparer.Ordinal), refused.Headers["Allow"].Split(", ").Order(StringComparer.Ordinal));
            }
        }

        static bool Covers(string pattern, string other)
        {
            var (segments, others) = (pattern.Trim('/').Split('/'), other.Trim('/').Split('/'));
            return segments.Length == others.Length && segments.Zip(others).All(pair => pair.First == pair.Second || (pair.First.StartsWith('{') && !pair.Second.StartsWith('{')));
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/api")]
    [InlineData("/api/connect/v1")]
    [InlineData("/api/connect/v1/nonsense")]
    [InlineData("/api/connect/v2/connectors")]
    [InlineData("/api//connect/v1/connectors")]
    [InlineData("/nonsense?x=1")]
    [InlineData("/api/connect/v1/o//connectors")]
    [InlineData("/.env")]
    [InlineData("/wwwroot/index.html")]
    public async Task An_unknown_path_is_not_found_for_anyone(string path)
    {
        var host = await hosts.OfAsync(Database.Sqlite);
        var acme = await host.NewOrganisationAsync();
        foreach (var api in (Api[])[host.Nobody, acme.Api, host.Operator])
        {
            foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Post, HttpMethod.Delete])
                (await api.SendAsync(method, path)).ExpectError(404, "route_not_found");
        }
    }

    [Theory, EachDatabase]
    public async Task A_malformed_upload_is_refused_and_changes_nothing(Database database)
    {
        var host = await hosts.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        var connector = (await acme.CreateConnectorAsync()).Id;
        var before = (await acme.GetAsync("connectors")).Text;
        var file = $"--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"api.json\"\r\n\r\n{new Description()}\r\n";
        foreach (var (path, soundMetadata) in ((string, string)[])
            [("protocols/http/import", """{"format":"openapi"}"""), ($"connector/{connector}/http/import", """{"format":"openapi","version":"v"}""")])
        {
            var metadataPart = $"--B\r\nContent-Disposition: form-data; name=\"metadata\"\r\n\r\n{soundMetadata}\r\n";
            var bodies = new List<(string Type, string Body)>
            {
                ("multipart/form-data; boundary=B", ""),
                ("multipart/form-data; boundary=B", "nonsense"),
                ("multipart/form-data; boundary=B", "--B--\r\n"),
                ("multipart/form-data; boundary=B", metadataPart + "--B--\r\n"),
                ("multipart/form-data; boundary=B", file + "--B--\r\n"),
                ("multipart/form-data; boundary=OTHER", metadataPart + file + "--B--\r\n"),
                ("multipart/form-data; boundary=", metadataPart + file + "--B--\r\n"),
                ("multipart/form-data; boundary=" + new string('B', 300), metadataPart + file + "--B--\r\n"),
                ("multipart/form-data", metadataPart + file + "--B--\r\n"),
                ("multipart/form-data; boundary=B", metadataPart + file),
                ("multipart/form-data; boundary=B", metadataPart + file[..^20]),
                ("multipart/form-data; boundary=B", metadataPart + file + "--B"),
                ("multipart/form-data; boundary=B", metadataPart + file.Replace("\r\n\r\n", "\r\n", StringComparison.Ordinal) + "--B--\r\n"),
                ("multipart/form-data; boundary=B", metadataPart + file.Replace("; filename=\"api.json\"", "", StringComparison.Ordinal) + "--B--\r\n"),
                ("multipart/form-data; boundary=B", string.Concat(Enumerable.Repeat(metadataPart, 2)) + file + "--B--\r\n"),
                ("multipart/form-data; boundary=B", string.Concat(Enumerable.Range(0, 40).Select(i => metadataPart.Replace("metadata", $"m{i}", StringComparison.Ordinal))) + metadataPart + file + "--B--\r\n"),
                ("multipart/form-data; boundary=B", $"--B\r\nX-Long: {new string('x', 40_000)}\r\n\r\nx\r\n" + metadataPart + file + "--B--\r\n"),
                ("application/json", """{"format":"openapi","version":"v"}"""),
                ("application/json", """{"schemaURL":1,"format":"openapi","version":"v"}"""),
                ("application/json", "nonsense"),
            };
            foreach (var metadata in (string[])["", "null", "[]", "{}", "{\"format\":\"postman3\",\"version\":\"v\"}", "{\"format\":1,\"version\":\"v\"}", "{\"format\":\"openapi\",\"version\":\"v\",\"more\":1}",
                "{\"format\":\"openapi\",\"version\":\"latest\",\"x\":1}", "{\"format\":\"openapi\",\"version\":\"\\u0000\",\"x\":1}", "{\"format\":", new string('[', 5000)])
            {
                bodies.Add(("multipart/form-data; boundary=B", metadataPart.Replace(soundMetadata, metadata, StringComparison.Ordinal) + file + "--B--\r\n"));
            }

            foreach (var (type, body) in bodies)
            {
                using var content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
                content.Headers.TryAddWithoutValidation("Content-Type", type);
                var answer = await acme.PostAsync(path, content);
                Assert.True(answer.Status is >= 400 and < 500, $"{type} {(body.Length > 300 ? body[..300] : body)}: {answer}");
                answer.ExpectErrorShape();
            }

            using var broken = new ByteArrayContent([.. Encoding.UTF8.GetBytes(metadataPart), .. "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"\xff\xfe\"\r\n\r\n"u8, 0xFF, 0xFE, 0x00, .. "\r\n--B--\r\n"u8]);
            broken.Headers.TryAddWithoutValidation("Content-Type", "multipart/form-data; boundary=B");
            (await acme.PostAsync(path, broken)).ExpectError(400, "description_unreadable");
        }

        (await acme.PostAsync("protocols/http/import", Upload.Of("{}", new { format = "openapi", version = "v" }))).ExpectError(400, "invalid_request", "metadata.version");
        (await acme.PostAsync($"connector/{connector}/http/import", Upload.Of("{}", new { format = "openapi" }))).ExpectError(400, "invalid_request", "metadata.version");
        Assert.Equal(before, (await acme.GetAsync("connectors")).Text);
        Assert.Empty(host.Log.Errors);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_upload_over_the_limit_is_refused_as_too_large(bool declared)
    {
        const int Limit = 100_000;
        await using var host = await PatchbayHost.StartAsync(Database.Sqlite, settings: new PatchbaySettings { MaxDescriptionBytes = Limit });
        var acme = await host.NewOrganisationAsync();
        foreach (var size in (int[])[Limit + 1, Limit + 65 * 1024, 40 * Limit])
        {
            var form = await Upload.Of(new string(' ', size)).ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
            var boundary = Encoding.ASCII.GetString(form)[2..].Split('\r')[0];
            using var content = declared ? (HttpContent)new ByteArrayContent(form) : new StreamContent(new Unsized(form));
            content.Headers.TryAddWithoutValidation("Content-Type", $"multipart/form-data; boundary={boundary}");
            (await acme.PostAsync("protocols/http/import", content)).ExpectError(413, "body_too_large");
        }

        await using var upstream = await Upstream.StartAsync(new string(' ', 2 * Limit));
        (await acme.PostAsync("protocols/http/import", new { schemaURL = upstream.Address.ToString(), format = "openapi" })).ExpectError(413, "description_unreachable");
        (await acme.PostAsync("protocols/http/import", Upload.Of(new Description().ToString()))).Expect(201);
    }

    /// <summary>Bytes whose length nobody knows beforehand, so that they are sent in chunks.</summary>
    private sealed class Unsized(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        public override bool CanSeek => false;
    }
}
