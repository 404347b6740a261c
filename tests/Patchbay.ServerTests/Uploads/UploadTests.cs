using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Patchbay.Platform;
using Patchbay.Platform.Uploads;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Uploads;

public sealed class UploadTests(Hosts hosts)
{
    private static readonly string Document = new Description("Uploaded").ToString();

    [Theory, EachDatabase]
    public async Task A_file_that_was_uploaded_is_imported_by_its_url_without_any_request_of_the_server(Database database)
    {
        var host = await hosts.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        var signed = await SignAsync(acme);
        Assert.Equal("no-store", signed.Headers["Cache-Control"]);
        Assert.StartsWith(host.Address.GetLeftPart(UriPartial.Authority), signed["uploadUrl"].GetValue<string>(), StringComparison.Ordinal);
        Assert.True(Uri.TryCreate(signed["url"].GetValue<string>(), UriKind.Absolute, out var url));
        Assert.False(url.Scheme is "http" or "https");
        (await SendAsync(host.Nobody, signed, Document)).Expect(204);

        var imported = (await acme.PostAsync("protocols/http/import", Import(signed))).Expect(201);

        Assert.Equal("Uploaded", imported["connector"]["name"]!.GetValue<string>());
        (await acme.PostAsync("protocols/http/import", Import(signed))).ExpectError(410, "upload_used");
        Assert.Equal(1, (await acme.GetAsync("connectors"))["totalCount"].GetValue<int>());

        var forVersion = await SignAsync(acme, "?content_type=application/yaml&content_length=" + Encoding.UTF8.GetByteCount(Document));
        (await SendAsync(host.Nobody, forVersion, Document, "application/yaml")).Expect(204);
        var connector = imported["connector"]["id"]!.GetValue<string>();
        (await acme.PostAsync($"connector/{connector}/http/import", new { schemaURL = forVersion["url"].GetValue<string>(), format = "openapi", version = "2", filetype = "json" })).Expect(201);
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task A_url_takes_one_file(Database database)
    {
        var host = await hosts.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        var signed = await SignAsync(acme);
        var sent = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => SendAsync(host.Nobody, signed, Document)));
        Assert.Single(sent, a => a.Status == 204);
        Assert.All(sent.Where(a => a.Status != 204), a => a.ExpectError(409, "upload_received"));
        (await SendAsync(host.Nobody, signed, Document)).ExpectError(409, "upload_received");

        var used = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => acme.PostAsync("protocols/http/import", Import(signed))));
        Assert.Single(used, a => a.Status == 201);
        Assert.All(used.Where(a => a.Status != 201), a => a.ExpectError(410, "upload_used"));
        (await SendAsync(host.Nobody, signed, Document)).ExpectError(409, "upload_received");
    }

    [Theory, EachDatabase]
    public async Task Whoever_changes_the_url_is_told_nothing(Database database)
    {
        var host = await hosts.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        var (first, second) = (await SignAsync(acme), await SignAsync(acme));
        var address = first["uploadUrl"].GetValue<string>();
        var signature = address.Split("signature=")[1];
        var id = first["url"].GetValue<string>().Split('/')[1];
        var otherId = second["url"].GetValue<string>().Split('/')[1];
        var texts = new HashSet<string>(StringComparer.Ordinal);
        foreach (var forged in (string[])
        [
            address.Replace(id, otherId, StringComparison.Ordinal), address.Replace(id, "01JDF3Q2M8V7K5T9XW4RZ6YB1C", StringComparison.Ordinal), address.Replace(id, "nonsense", StringComparison.Ordinal),
            address[..^1] + (address[^1] == 'A' ? 'B' : 'A'), address + "x", address.Split('?')[0], address.Split('?')[0] + "?signature=", address + "&signature=" + signature,
            address.Replace(signature, signature.ToUpperInvariant(), StringComparison.Ordinal),
        ])
        {
            texts.Add((await SendAsync(host.Nobody, forged, Document)).ExpectError(403, "signature_invalid").Text);
        }

        Assert.Single(texts);
        // A key is no signature.
        (await SendAsync(acme.Api, address.Split('?')[0], Document)).ExpectError(403, "signature_invalid");
        (await acme.Api.GetAsync(address)).ExpectError(405, "method_not_allowed");
        (await SendAsync(host.Nobody, first, Document)).Expect(204);
    }

    [Theory, EachDatabase]
    public async Task Another_organisation_cannot_use_what_was_uploaded(Database database)
    {
        var host = await hosts.OfAsync(database);
        var (acme, other) = (await host.NewOrganisationAsync(), await host.NewOrganisationAsync());
        var signed = await SignAsync(acme);
        (await acme.PostAsync("protocols/http/import", Import(signed))).ExpectError(409, "upload_not_received");
        (await SendAsync(host.Nobody, signed, Document)).Expect(204);

        var refused = (await other.PostAsync("protocols/http/import", Import(signed))).ExpectError(404, "upload_not_found");
        foreach (var madeUp in (string[])["patchbay:uploads/01JDF3Q2M8V7K5T9XW4RZ6YB1C", "patchbay:uploads/", "PATCHBAY:uploads/nonsense", "patchbay:uploads/../../etc/passwd"])
            Assert.Equal(refused.Text, (await acme.PostAsync("protocols/http/import", new { schemaURL = madeUp, format = "openapi" })).ExpectError(404, "upload_not_found").Text);
        foreach (var noUrl in (string[])["patchbay:other", "file:///etc/passwd", "gs://bucket/x", ""])
            (await acme.PostAsync("protocols/http/import", new { schemaURL = noUrl, format = "openapi" })).ExpectError(400, "invalid_request", "schemaURL");
        (await host.Nobody.GetAsync(other.Whole("protocols/http/upload-url"))).ExpectError(401, "unauthenticated");
        (await other.GetAsync($"/api/connect/v1/o/{acme.Id}/protocols/http/upload-url")).ExpectError(404, "organisation_not_found");

        (await acme.PostAsync("protocols/http/import", Import(signed))).Expect(201);
    }

    [Theory, EachDatabase]
    public async Task Type_and_size_are_those_that_were_asked_for(Database database)
    {
        var host = await hosts.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        var size = Encoding.UTF8.GetByteCount(Document);
        var signed = await SignAsync(acme, $"?content_type=application/json&content_length={size}");
        (await SendAsync(host.Nobody, signed, Document, "application/yaml")).ExpectError(415, "unsupported_media_type");
        (await SendAsync(host.Nobody, signed, Document, null)).ExpectError(415, "unsupported_media_type");
        (await SendAsync(host.Nobody, signed, Document + " ", "application/json")).ExpectError(413, "body_too_large");
        (await SendAsync(host.Nobody, signed, Document[..^1], "application/json")).ExpectError(400, "content_length_mismatch");
        (await SendAsync(host.Nobody, signed, "", "application/json")).ExpectError(400, "content_length_mismatch");
        (await SendAsync(host.Nobody, signed, Document, "Application/JSON; charset=utf-8")).Expect(204);
        (await SendAsync(host.Nobody, await SignAsync(acme), "")).ExpectError(400, "empty_file");

        foreach (var (query, field) in ((string, string)[])
        [
            ("content_type=json", "content_type"), ("content_type=", "content_type"), ("content_type=*/*", "content_type"), ("content_length=0", "content_length"), ("content_length=-1", "content_length"),
            ("content_length=1e3", "content_length"), ("content_length=", "content_length"), ("content_length=9999999999", "content_length"), ("content_length=99999999999999999999", "content_length"),
        ])
        {
            (await acme.GetAsync($"protocols/http/upload-url?{query}")).ExpectError(400, "invalid_request", field);
        }

        (await acme.GetAsync("protocols/http/upload-url?content_type=x&content_length=x")).ExpectError(400, "invalid_request", "content_type", "content_length");
        (await acme.GetAsync("protocols/bigquery/upload-url")).ExpectError(400, "invalid_request", "protocol_slug");
        (await acme.GetAsync("protocols/gopher/upload-url")).ExpectError(404, "protocol_not_found");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Nothing_is_read_beyond_the_limits(bool declared)
    {
        const int Limit = 50_000;
        await using var host = await PatchbayHost.StartAsync(Database.Sqlite, settings: new PatchbaySettings { MaxDescriptionBytes = Limit });
        var acme = await host.NewOrganisationAsync();
        var large = new string(' ', 40 * Limit);
        (await SendAsync(host.Nobody, await SignAsync(acme), large, declared: declared)).ExpectError(413, "body_too_large");
        (await SendAsync(host.Nobody, await SignAsync(acme), new string(' ', Limit), declared: declared)).Expect(204);
        (await SendAsync(host.Nobody, await SignAsync(acme), new string(' ', Limit), declared: declared)).Expect(204);
        var full = await SignAsync(acme);
        (await SendAsync(host.Nobody, full, "{}", declared: declared)).ExpectError(409, "uploads_full");
        // Another organisation has room of its own.
        (await SendAsync(host.Nobody, await SignAsync(await host.NewOrganisationAsync()), "{}", declared: declared)).Expect(204);

        var open = 4;
        for (; open < SignUpload.MaxOpen; open++)
            await SignAsync(acme);
        (await acme.GetAsync("protocols/http/upload-url")).ExpectError(409, "too_many_uploads");
    }

    [Theory, EachDatabase]
    public async Task What_is_not_used_in_time_is_over_and_deleted(Database database)
    {
        var clock = new ShiftedClock();
        await using var host = await PatchbayHost.StartAsync(database, clock);
        var acme = await host.NewOrganisationAsync();
        var (unsent, unused) = (await SignAsync(acme), await SignAsync(acme));
        clock.Advance(TimeSpan.FromMinutes(4));
        (await SendAsync(host.Nobody, unused, Document)).Expect(204);
        clock.Advance(TimeSpan.FromMinutes(2));
        (await SendAsync(host.Nobody, unsent, Document)).ExpectError(410, "upload_expired");
        (await acme.PostAsync("protocols/http/import", Import(unsent))).ExpectError(410, "upload_expired");
        Assert.Equal(1L, await CountAsync("content IS NOT NULL"));
        clock.Advance(TimeSpan.FromMinutes(4));
        (await acme.PostAsync("protocols/http/import", Import(unused))).ExpectError(410, "upload_expired");

        var sweep = host.Services.GetServices<IHostedService>().OfType<UploadSweep>().Single();
        await sweep.RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0L, await CountAsync("content IS NOT NULL"));
        Assert.Equal(2L, await CountAsync("1 = 1"));
        clock.Advance(TimeSpan.FromHours(2));
        await sweep.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(0L, await CountAsync("1 = 1"));
        (await SendAsync(host.Nobody, unsent, Document)).ExpectError(403, "signature_invalid");
        (await acme.PostAsync("protocols/http/import", Import(unused))).ExpectError(404, "upload_not_found");

        Task<long> CountAsync(string condition) => host.ScalarAsync<long>($"SELECT COUNT(*) FROM uploads WHERE {condition}");
    }

    [Theory, EachDatabase]
    public async Task An_import_that_fails_or_only_looks_leaves_the_file_for_another_try(Database database)
    {
        var host = await hosts.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        var nonsense = await SignAsync(acme);
        (await SendAsync(host.Nobody, nonsense, "nonsense: [")).Expect(204);
        for (var time = 0; time < 2; time++)
            (await acme.PostAsync("protocols/http/import", Import(nonsense))).ExpectError(400, "description_unreadable");

        var connector = (await acme.ImportAsync()).Id;
        var signed = await SignAsync(acme);
        (await SendAsync(host.Nobody, signed, Document)).Expect(204);
        var (taken, free) = (VersionOf("1.0.0"), VersionOf("2"));
        (await acme.PostAsync($"connector/{connector}/http/import", taken)).ExpectError(409, "version_exists");
        (await acme.PostAsync($"connector/{connector}/http/import?dryRun=true", free)).Expect(200);
        (await acme.Api.SendAsync(HttpMethod.Post, acme.Whole($"connector/{connector}/http/import"), Api.ContentOf(free), ("If-Match", "\"old\""))).ExpectError(412, "precondition_failed");
        Assert.Equal(2L, await host.ScalarAsync<long>("SELECT COUNT(*) FROM uploads WHERE organisation_id = @p0 AND content IS NOT NULL", acme.Id));
        (await acme.PostAsync($"connector/{connector}/http/import", free)).Expect(201);
        (await acme.PostAsync($"connector/{connector}/http/import", VersionOf("3"))).ExpectError(410, "upload_used");
        Assert.Equal(1L, await host.ScalarAsync<long>("SELECT COUNT(*) FROM uploads WHERE organisation_id = @p0 AND content IS NOT NULL", acme.Id));

        object VersionOf(string version) => new { schemaURL = signed["url"].GetValue<string>(), format = "openapi", version };
    }

    /// <summary>The URL is good on every node of the store, and the file at any other than took it.</summary>
    [Fact]
    public async Task A_url_is_good_at_every_server_of_the_store()
    {
        await using var host = await PatchbayHost.StartAsync(Database.Postgres);
        await using var second = ServerProcess.Start(host.DataDir, host.ConnectionString);
        using var invoker = new HttpMessageInvoker(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });
        var acme = await host.NewOrganisationAsync();
        var other = await second.ReadyAsync();
        var signed = await SignAsync(acme);

        var address = new Uri(other, new Uri(signed["uploadUrl"].GetValue<string>()).PathAndQuery).ToString();
        (await SendAsync(new Api(invoker, other, null, _ => { }), address, Document)).Expect(204);

        (await acme.PostAsync("protocols/http/import", Import(signed))).Expect(201);
        (await new Api(invoker, other, acme.Key, _ => { }).PostAsync(acme.Whole("protocols/http/import"), Import(signed))).ExpectError(410, "upload_used");
    }

    private static async Task<Answer> SignAsync(Tenant tenant, string query = "") => (await tenant.GetAsync($"protocols/http/upload-url{query}")).Expect(200);

    private static object Import(Answer signed) => new { schemaURL = signed["url"].GetValue<string>(), format = "openapi" };

    private static Task<Answer> SendAsync(Api api, Answer signed, string text, string? type = "application/json", bool declared = true) =>
        SendAsync(api, signed["uploadUrl"].GetValue<string>(), text, type, declared);

    private static Task<Answer> SendAsync(Api api, string url, string text, string? type = "application/json", bool declared = true)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var content = declared ? (HttpContent)new ByteArrayContent(bytes) : new StreamContent(new Unsized(bytes));
        if (type is not null)
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        return api.SendAsync(HttpMethod.Put, url, content);
    }

    /// <summary>Bytes whose length nobody knows beforehand, so that they are sent in chunks.</summary>
    private sealed class Unsized(byte[] bytes) : MemoryStream(bytes, writable: false)
    {
        public override bool CanSeek => false;
    }
}
