using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Patchbay.Platform;
using Patchbay.Platform.Events;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Events;

/// <summary>What was acknowledged is there, whole, once, and without what proved its sender.</summary>
public sealed class StoredEventTests(Hosts hosts)
{
    private static readonly object KeyInHeader = new { id = "key", schemeType = "api-key", description = "d", name = "X-Key", @in = "header" };
    private static readonly object KeyInQuery = new { id = "query", schemeType = "api-key", description = "d", name = "to ken", @in = "query" };
    private static readonly object KeyInCookie = new { id = "cookie", schemeType = "api-key", description = "d", name = "sid", @in = "cookie" };
    private static readonly object Basic = new { id = "basic", schemeType = "basic-auth", description = "d" };

    [Theory, EachDatabase]
    public async Task An_event_is_stored_whole_and_what_verified_it_is_not(Database database)
    {
        var host = await hosts.OfAsync(database);
        var hook = await Hook.MakeAsync(await host.NewOrganisationAsync(), [KeyInHeader, KeyInQuery, KeyInCookie, Basic],
        [
            Hook.Secret("key", "k-header-secret"), Hook.Secret("query", "k query=secret"), Hook.Secret("cookie", "k-cookie-secret"),
            new { authSchemeConfig = new { id = "basic" }, credential = new { name = "b", type = "basic-auth", data = new { username = "ada", password = "Größe-secret" } } },
        ]);
        var body = Enumerable.Range(0, 256).Select(b => (byte)b).ToArray();
        (string, string)[] proofs = [("X-Key", "k-header-secret"), ("Cookie", "a=b; sid=k-cookie-secret"), ("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("ada:Größe-secret")))];
        var before = TimeProvider.System.GetUtcNow();
        (await hook.SendAsync("?a=1&to+ken=k%20query%3Dsecret&b=%2F", body, [.. proofs, ("Content-Type", "application/octet-stream"), ("X-Other", "kept")])).Expect(200);

        var (row, content) = Assert.Single(await hook.EventsAsync());
        Assert.Equal((Hook.Trigger, Hook.Version, EventOrigin.Webhook, hook.ConnectorId, hook.Tenant.Id), (row.TriggerName, row.VersionName, row.Origin, row.ConnectorId.ToString(), row.OrganisationId.ToString()));
        Assert.InRange(row.ReceivedAt, before.AddSeconds(-1), TimeProvider.System.GetUtcNow());
        Assert.Equal(body, content.Body.ToArray());
        Assert.Equal("POST", content.Method);
        Assert.StartsWith("a=1&b=%2F&to%20ken=", content.Query, StringComparison.Ordinal);
        Assert.Equal("[verified]", Uri.UnescapeDataString(content.Query.Split('=')[^1]));
        Assert.Equal("application/octet-stream", content.ContentType);
        var headers = content.Headers.ToDictionary(h => h.Name, h => h.Value, StringComparer.OrdinalIgnoreCase);
        Assert.Equal(("[verified]", "[verified]", "a=b; sid=[verified]", "kept"), (headers["X-Key"], headers["Authorization"], headers["Cookie"], headers["X-Other"]));
        Assert.Empty(content.Faults);
        // Each proof is asked for.
        for (var left = 0; left < proofs.Length; left++)
            (await hook.SendAsync("?to+ken=k%20query%3Dsecret", body, [.. proofs.Where((_, i) => i != left)])).ExpectError(401, "not_verified");
        (await hook.SendAsync("", body, proofs)).ExpectError(401, "not_verified");
        (await hook.SendAsync("?to+ken=k%20query%3Dsecret&to+ken=k%20query%3Dsecret", body, proofs)).ExpectError(401, "not_verified");
        var asked = (await hook.SendAsync("?to+ken=k%20query%3Dsecret", body, [.. proofs.Take(2)])).Expect(401);
        Assert.StartsWith("Basic ", asked.Headers["WWW-Authenticate"], StringComparison.Ordinal);
        Assert.Single(await hook.EventsAsync());

        var dump = await StoreDump.OfAsync(host);
        foreach (var secret in (string[])["k-header-secret", "k-cookie-secret", "Größe-secret", "query%3Dsecret", "X-Other", new Uri(hook.Url).Segments[^1]])
            Assert.DoesNotContain(secret, dump, StringComparison.Ordinal);
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task An_event_that_is_sent_twice_is_stored_once_by_the_key_that_the_trigger_names(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        foreach (var (place, first, second) in ((string, (string Body, string Header), (string, string))[])
        [
            ("header:X-Delivery", ("{}", "a-1"), ("{}", "a-2")),
            ("body:/event/id", ("""{"event":{"id":"e-1"}}""", "x"), ("""{"event":{"id":"e-2"}}""", "x")),
            ("body:/items/0", ("""{"items":[17]}""", "x"), ("""{"items":[18]}""", "x")),
        ])
        {
            var hook = await Hook.MakeAsync(acme, trigger: Hook.AnyPost(new JsonObject { ["duplicateKey"] = place }));
            for (var time = 0; time < 3; time++)
                (await hook.SendAsync(first.Body, ("X-Delivery", first.Header))).Expect(200);
            (await hook.SendAsync(second.Item1, ("X-Delivery", second.Item2))).Expect(200);
            // Without one, each is an event.
            (await hook.SendAsync("[]")).Expect(200);
            (await hook.SendAsync("[]")).Expect(200);
            Assert.Equal(4, (await hook.EventsAsync()).Count);
            // Another connection's events are others.
            var other = await Hook.MakeAsync(acme, trigger: Hook.AnyPost(new JsonObject { ["duplicateKey"] = place }));
            (await other.SendAsync(first.Body, ("X-Delivery", first.Header))).Expect(200);
            Assert.Single(await other.EventsAsync());
        }
    }

    [Fact]
    public async Task Many_who_send_the_same_at_once_store_it_once()
    {
        var acme = await (await hosts.OfAsync(Database.Sqlite)).NewOrganisationAsync();
        var hook = await Hook.MakeAsync(acme, trigger: Hook.AnyPost(new JsonObject { ["duplicateKey"] = "body:/id" }));
        await Task.WhenAll(Enumerable.Range(0, 60).Select(async i => (await hook.SendAsync($$"""{"id":"{{i % 3}}"}""")).Expect(200)));
        Assert.Equal(3, (await hook.EventsAsync()).Count);
    }

    [Theory, EachDatabase]
    public async Task What_is_not_as_declared_is_stored_with_what_is_wrong_or_refused_where_the_trigger_says_so(Database database)
    {
        var acme = await (await hosts.OfAsync(database)).NewOrganisationAsync();
        foreach (var refuses in (bool[])[false, true])
        {
            var trigger = Hook.AnyPost(new JsonObject { ["onMismatch"] = refuses ? "refuse" : "store" }, status: 202);
            trigger["parameters"] = new JsonArray(
                new JsonObject { ["name"] = "X-Count", ["in"] = "header", ["required"] = true, ["type"] = "integer" },
                new JsonObject { ["name"] = "dry", ["in"] = "query", ["required"] = false, ["type"] = "boolean" });
            trigger["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["definitions"] = new JsonArray(new JsonObject { ["definition"] = new JsonObject { ["name"] = "Event" }, ["mediaTypes"] = new JsonArray("application/json") }),
            };
            var hook = await Hook.MakeAsync(acme, trigger: trigger, definitions: new JsonArray(
                Definition("Event", """{"type":"object","required":["id","user"],"properties":{"id":{"type":"integer"},"user":{"$ref":"User.json"}}}"""),
                Definition("User", """{"type":"object","required":["name"],"properties":{"name":{"type":"string","pattern":"^[a-z]+$"}}}""")));
            (await hook.SendAsync("?dry=true", """{"id":1,"user":{"name":"ada"}}"""u8.ToArray(), ("X-Count", "3"))).Expect(202);
            Assert.Empty(Assert.Single(await hook.EventsAsync()).Content.Faults);
            foreach (var (query, body, count, field) in ((string, string, string?, string)[])
            [
                ("", """{"id":"x","user":{"name":"ada"}}""", "3", "body.id"), ("", """{"id":1,"user":{"name":"ADA"}}""", "3", "body.user.name"), ("", """{"id":1}""", "3", "body.user"),
                ("", "no json", "3", "body"), ("", "", "3", "body"), ("", """{"id":1,"user":{"name":"ada"}}""", null, "header.X-Count"),
                ("", """{"id":1,"user":{"name":"ada"}}""", "three", "header.X-Count"), ("?dry=maybe", """{"id":1,"user":{"name":"ada"}}""", "3", "query.dry"),
            ])
            {
                var answer = await hook.SendAsync(query, Encoding.UTF8.GetBytes(body), count is null ? [] : [("X-Count", count)]);
                if (refuses)
                {
                    answer.ExpectError(400, "event_mismatch", field);
                    continue;
                }

                answer.Expect(202);
                Assert.Contains((await hook.EventsAsync())[^1].Content.Faults, f => f.Field == field);
            }

            Assert.Equal(refuses ? 1 : 9, (await hook.EventsAsync()).Count);
        }
    }

    [Fact]
    public async Task What_comes_as_xml_is_held_against_its_schema()
    {
        var trigger = Hook.AnyPost(new JsonObject { ["onMismatch"] = "refuse" }, status: 202);
        trigger["requestBody"] = new JsonObject
        {
            ["required"] = true,
            ["definitions"] = new JsonArray(new JsonObject { ["definition"] = new JsonObject { ["name"] = "Note" }, ["mediaTypes"] = new JsonArray("text/xml") }),
        };
        var note = Definition("Note", """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="note"><xs:complexType><xs:attribute name="n" type="xs:int" use="required"/></xs:complexType></xs:element></xs:schema>""");
        note["accept"] = new JsonArray("text/xml");
        note["schema"]!["contentType"] = "application/xml";
        var hook = await Hook.MakeAsync(await (await hosts.OfAsync(Database.Sqlite)).NewOrganisationAsync(), trigger: trigger, definitions: new JsonArray(note));

        (await hook.SendAsync("<note n='1'/>", ("Content-Type", "text/xml"))).Expect(202);
        foreach (var odd in (string[])["<note/>", "<note n='x'/>", "<note", "<!DOCTYPE note [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><note n='&e;'/>"])
            (await hook.SendAsync(odd, ("Content-Type", "text/xml"))).ExpectError(400, "event_mismatch", "body");
        Assert.Single(await hook.EventsAsync());
    }

    private static JsonObject Definition(string name, string schema) => new()
    {
        ["name"] = name, ["accept"] = new JsonArray("application/json"), ["schema"] = new JsonObject { ["contentType"] = "application/schema+json", ["content"] = schema },
    };

    [Fact]
    public async Task A_body_over_the_limit_is_refused_by_its_length_and_without_one()
    {
        await using var host = await PatchbayHost.StartAsync(Database.Sqlite, settings: new PatchbaySettings { MaxEventBytes = 1000 });
        var hook = await Hook.MakeAsync(await host.NewOrganisationAsync());
        (await hook.SendAsync(new byte[1000])).Expect(200);
        (await hook.SendAsync(new byte[1001])).ExpectError(413, "event_too_large");
        using var chunked = new ChunkedContent(new byte[1001]);
        (await host.Nobody.SendAsync(HttpMethod.Post, hook.Path, chunked)).ExpectError(413, "event_too_large");
        Assert.Single(await hook.EventsAsync());
        Assert.Empty(host.Log.Errors);
    }

    [Fact]
    public async Task More_than_the_queue_holds_is_told_to_come_again_and_what_was_acknowledged_is_there()
    {
        await using var host = await PatchbayHost.StartAsync(Database.Sqlite, settings: new PatchbaySettings { MaxQueuedEvents = 2, MaxQueuedEventBytes = 20_000 });
        var hook = await Hook.MakeAsync(await host.NewOrganisationAsync());
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => hook.SendAsync(new byte[5000])));
        Assert.All(answers, a => a.ExpectOneOf(200, 503));
        Assert.All(answers.Where(a => a.Status == 503), a => Assert.Equal(("intake_busy", "1"), (a.Code, a.Headers["Retry-After"])));
        Assert.Equal(answers.Count(a => a.Status == 200), (await hook.EventsAsync()).Count);
        Assert.Empty(host.Log.Errors);
    }

    [Theory]
    [InlineData(200, 200)]
    [InlineData(204, 204)]
    [InlineData(404, 202)]
    public async Task An_event_is_answered_as_the_trigger_declares(int declared, int answered)
    {
        var acme = await (await hosts.OfAsync(Database.Sqlite)).NewOrganisationAsync();
        var hook = await Hook.MakeAsync(acme, trigger: Hook.AnyPost(status: declared));
        var answer = (await hook.SendAsync("{}")).Expect(answered);
        Assert.Empty(answer.Bytes);
        Assert.Equal(("nosniff", "default-src 'none'; sandbox"), (answer.Headers["X-Content-Type-Options"], answer.Headers["Content-Security-Policy"]));
    }

    [Fact]
    public async Task A_caller_who_goes_before_the_end_of_the_body_leaves_nothing()
    {
        var host = await hosts.OfAsync(Database.Sqlite);
        var hook = await Hook.MakeAsync(await host.NewOrganisationAsync());
        using (var client = new TcpClient())
        {
            await client.ConnectAsync(host.Address.Host, host.Address.Port, TestContext.Current.CancellationToken);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"POST {hook.Path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{{}}"), TestContext.Current.CancellationToken);
        }

        (await hook.SendAsync("{}")).Expect(200);
        Assert.Single(await hook.EventsAsync());
        Assert.Empty(host.Log.Errors);
    }

    private sealed class ChunkedContent(byte[] body) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) => stream.WriteAsync(body).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
