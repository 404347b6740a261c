using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Npgsql;
using Patchbay.ServerTests.Connectors;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Secrets;

/// <summary>
/// Goes the whole way with secrets that stand nowhere else, well and badly, and then looks for them in everything that the server has said,
/// logged and written.
/// </summary>
public sealed class SecretsTests
{
    private static int _markers;

    [Theory, EachDatabase]
    public async Task No_secret_of_a_run_stands_anywhere_in_the_clear(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database, level: LogLevel.Trace, keepAnswers: true);
        await using var upstream = await Upstream.StartAsync("""{"ok":true}""");
        var secrets = new List<string> { host.OperatorKey };
        var vault = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(host.DataDir, "vault.key"), TestContext.Current.CancellationToken))!;
        secrets.AddRange(vault["keys"]!.AsArray().Select(k => k!["key"]!.GetValue<string>()));

        var acme = await host.NewOrganisationAsync();
        var importer = await host.NewOrganisationAsync();
        secrets.AddRange([acme.Key, importer.Key]);
        await UseWellAsync(acme, importer, upstream, secrets);
        await UseBadlyAsync(acme, upstream, secrets);
        secrets.AddRange(await RunThroughKeysAsync(acme));

        // The secrets did what they are for, and the search finds what is there.
        var forms = new SecretForms(secrets);
        var sent = string.Join('\n', upstream.Requests.Select(r => r.Target + string.Join('\n', r.Headers.Values)));
        Assert.Equal(3, forms.FoundIn(sent).Select(f => f.Split(" as ")[0]).Distinct().Count());
        var finder = new SecretForms(["marker-connection"]);
        Assert.NotEmpty(finder.FoundIn(await StoreDump.OfAsync(host)));

        Assert.True(host.Answers.Count() > 60);
        foreach (var answer in host.Answers.Where(a => !ShowsAFreshKey(a)))
        {
            Assert.Empty(forms.FoundIn(answer.Text));
            Assert.Empty(forms.FoundIn(string.Join('\n', answer.Headers.Select(h => $"{h.Key}: {h.Value}"))));
        }

        var log = host.Log.Lines.ToList();
        Assert.True(log.Count > 500, $"{log.Count} lines of the log were captured only");
        foreach (var line in log)
            Assert.True(forms.FoundIn(line).Count == 0, $"{string.Join(", ", forms.FoundIn(line))} in the log: {line}");
        Assert.Empty(host.Log.Errors);

        Assert.Empty(forms.FoundIn(await StoreDump.OfAsync(host)));
        foreach (var file in await FilesOfAsync(host, finder))
            Assert.True(forms.FoundInFile(file).Count == 0, $"{string.Join(", ", forms.FoundInFile(file))} in {file}");
    }

    private static async Task UseWellAsync(Tenant acme, Tenant importer, Upstream upstream, List<string> secrets)
    {
        var (apiKey, queryKey, password, clientSecret, newClientSecret) = (New(secrets), New(secrets), New(secrets), New(secrets), New(secrets));
        var baseUrl = upstream.Address.ToString().TrimEnd('/');
        var connector = (await acme.ImportPublicAsync(new Description("Secretive") { Server = baseUrl })).Id;
        foreach (var config in (JsonObject[])
        [
            new() { ["id"] = "header", ["schemeType"] = "api-key", ["description"] = "", ["name"] = "X-Key", ["in"] = "header" },
            new() { ["id"] = "query", ["schemeType"] = "api-key", ["description"] = "", ["name"] = "k", ["in"] = "query" },
            new() { ["id"] = "basic", ["schemeType"] = "basic-auth", ["description"] = "" },
            AuthSchemeConfigTests.OAuth2(clientSecret), AuthSchemeConfigTests.OAuth2("[redacted]"), AuthSchemeConfigTests.OAuth2(newClientSecret),
        ])
        {
            (await acme.PutAsync($"connectors/{connector}/auth-scheme-configs/{config["id"]}", config)).Expect(200);
        }

        (await acme.PostAsync("protocols/http/connectors", new { name = "With a client", baseUrl, authSchemeConfigs = new[] { AuthSchemeConfigTests.OAuth2(New(secrets)) } })).Expect(201);
        var connection = (await acme.PostAsync($"connectors/{connector}/connections", new
        {
            name = "marker-connection",
            credentials = new
            {
                action = new object[]
                {
                    new { authSchemeConfig = new { id = "header" }, credential = new { name = "h", type = "string", data = new { value = apiKey } } },
                    new { authSchemeConfig = new { id = "query" }, credential = new { name = "q", type = "string", data = new { value = queryKey } } },
                    new { authSchemeConfig = new { id = "basic" }, credential = new { name = "b", type = "basic-auth", data = new { username = "me", password } } },
                },
                trigger = new object[] { new { authSchemeConfig = new { id = "header" }, credential = new { name = "t", type = "string", data = new { value = New(secrets) } } } },
            },
            variables = Array.Empty<object>(),
        })).Expect(200);
        foreach (var path in (string[])["connectors", $"connectors/{connector}", $"connectors/{connector}/connections", $"connectors/{connector}/connections/{connection.Id}", "/api/connect/v1/connectors"])
            (await acme.GetAsync(path)).Expect(200);
        (await acme.PutAsync($"connectors/{connector}/connections/{connection.Id}", new { id = connection.Id, name = "marker-connection 2" })).Expect(200);
        (await acme.Api.GetAsync($"/api/proxy/{connection.Id}/parcels?x=1")).Expect(200);
        (await acme.Api.PostAsync($"/api/proxy/legacy/{connection.Id}/parcels", new { a = 1 })).Expect(200);

        // Where nobody listens, and where nobody may go: what is said of a failed call must not repeat it.
        foreach (var elsewhere in (string[])["http://127.0.0.1:1", "https://127.0.0.1:1", "http://10.1.2.3", $"https://127.0.0.1:{upstream.Address.Port}", "http://no-such-host.invalid"])
        {
            await acme.ChangeConnectorAsync(connector, c => c["baseUrl"] = elsewhere);
            (await acme.Api.GetAsync($"/api/proxy/{connection.Id}/parcels")).ExpectOneOf(400, 502, 504);
        }

        var copy = (await importer.PostAsync($"connectors/{connector}/versions/latest/library/import")).Expect(200);
        (await importer.GetAsync($"connectors/{copy.Id}")).Expect(200);
        (await acme.DeleteAsync($"connectors/{connector}/auth-scheme-configs/query")).Expect(200);
        (await acme.Api.GetAsync($"/api/proxy/{connection.Id}/parcels")).Expect(409);
    }

    /// <summary>Requests with secrets that fail, each in another way.</summary>
    private static async Task UseBadlyAsync(Tenant acme, Upstream upstream, List<string> secrets)
    {
        var connector = (await acme.CreateConnectorAsync("Bad", upstream.Address.ToString().TrimEnd('/'), TenantSteps.ApiKeyConfig, TenantSteps.BasicConfig)).Id;
        var path = $"connectors/{connector}/connections";
        foreach (var data in (Func<string, object>[])
        [
            s => new { value = s, more = s }, s => new { value = new[] { s } }, s => new { wrong = s }, s => s, s => new { value = s + "\n" + s }, s => new { value = s + "\0" },
            s => new { value = s, s = new { s } }, s => new { username = 5, password = s }, s => new { value = s + new string('x', 20_000) }, s => new[] { s }, s => new { },
        ])
        {
            var secret = New(secrets);
            foreach (var named in (string[])["key", "basic", "none such", secret])
            {
                (await acme.PostAsync(path, new
                {
                    name = "bad",
                    credentials = new { action = new[] { new { authSchemeConfig = new { id = named }, credential = new { name = "n", type = named == "basic" ? "basic-auth" : "string", data = data(secret) } } } },
                    variables = Array.Empty<object>(),
                })).Expect(400);
            }
        }

        // The types, names and words beside a secret; the secret in their place; a body that breaks off behind it.
        foreach (var body in (string[])
        [
            """{"name":1,"credentials":{"action":[{"authSchemeConfig":{"id":"key"},"credential":{"name":"n","type":"string","data":{"value":"SECRET"}}}]},"variables":[]}""",
            """{"name":"n","credentials":{"action":[{"authSchemeConfig":{"id":"key"},"credential":{"name":"n","type":"SECRET","data":{}}}]},"variables":[]}""",
            """{"name":"n","credentials":"SECRET","variables":[]}""",
            """{"name":"n","credentials":{"action":[{"credential":{"data":{"value":"SECRET"}}}]},"variables":[]""",
            """{"name":"n","credentials":{"action":[{"credential":{"data":{"value":"SECRET""",
            "SECRET",
        ])
        {
            (await acme.PostAsync(path, body.Replace("SECRET", New(secrets), StringComparison.Ordinal))).Expect(400);
        }

        var config = AuthSchemeConfigTests.OAuth2(New(secrets));
        config["tokenUrl"] = 5;
        (await acme.PutAsync($"connectors/{connector}/auth-scheme-configs/oauth", config)).Expect(400);
        config = AuthSchemeConfigTests.OAuth2(New(secrets));
        config["id"] = "other";
        (await acme.PutAsync($"connectors/{connector}/auth-scheme-configs/oauth", config)).Expect(400);
        config = AuthSchemeConfigTests.OAuth2(New(secrets));
        config["grant"]!["grantType"] = "client_credentials";
        (await acme.PutAsync($"connectors/{connector}/auth-scheme-configs/oauth", config)).Expect(400);
        foreach (var authorization in (Func<string, string>[])[s => $"Bearer {s}", s => $"Bearer pb_{s}", s => $"Basic {s}", s => s])
            (await acme.Host.Nobody.SendAsync(HttpMethod.Get, acme.Whole("connectors"), null, ("Authorization", authorization(New(secrets))))).Expect(401);
        using var form = Upload.Of(New(secrets));
        (await acme.PostAsync("protocols/http/import", form)).Expect(400);
    }

    /// <summary>Makes keys and deletes them.</summary>
    private static async Task<List<string>> RunThroughKeysAsync(Tenant acme)
    {
        var keys = new List<string>();
        var path = $"/api/organisations/v1/organisations/{acme.Id}/api-keys";
        for (var i = 0; i < 3; i++)
        {
            var created = (await acme.PostAsync(path, new { name = $"key {i}" })).Expect(201);
            keys.Add(created["key"].GetValue<string>());
            (await acme.Host.As(keys[^1]).GetAsync(path)).Expect(200);
            if (i > 0)
            {
                (await acme.DeleteAsync($"{path}/{created.Id}")).Expect(204);
                (await acme.Host.As(keys[^1]).GetAsync(path)).Expect(401);
            }
        }

        return keys;
    }

    private static bool ShowsAFreshKey(Answer answer) =>
        answer is { Status: 201 } && answer.Request.StartsWith("POST ", StringComparison.Ordinal) && answer.Request.EndsWith("/api-keys", StringComparison.Ordinal);

    /// <summary>Everything that the server's database has written to the disk, but for its keys.</summary>
    private static async Task<IReadOnlyList<string>> FilesOfAsync(PatchbayHost host, SecretForms finder)
    {
        IReadOnlyList<string> files;
        if (host.Database == Database.Sqlite)
        {
            SqliteConnection.ClearAllPools();
            files = [.. Directory.GetFiles(host.DataDir).Where(f => !f.EndsWith(".key", StringComparison.Ordinal))];
            Assert.Contains(Path.Combine(host.DataDir, "patchbay.db"), files);
        }
        else
        {
            await using var source = NpgsqlDataSource.Create(host.ConnectionString!);
            await using var checkpoint = source.CreateCommand("CHECKPOINT");
            await checkpoint.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            await using var oid = source.CreateCommand("SELECT oid::text FROM pg_database WHERE datname = current_database()");
            var folder = (await PostgresCluster.SharedAsync()).DataFolder;
            files =
            [
                .. Directory.GetFiles(Path.Combine(folder, "base", (string)(await oid.ExecuteScalarAsync(TestContext.Current.CancellationToken))!)),
                .. Directory.GetFiles(Path.Combine(folder, "pg_wal")), Path.Combine(folder, "server.log"),
            ];
        }

        Assert.Contains(files, f => finder.FoundInFile(f).Count > 0);
        return files;
    }

    /// <summary>A secret that stands nowhere else, with characters that each spelling writes in its own way.</summary>
    private static string New(List<string> secrets)
    {
        var secret = $"s3cr3t/{Interlocked.Increment(ref _markers):000}+{Convert.ToHexString(System.Security.Cryptography.RandomNumberGenerator.GetBytes(12))}=%&~";
        secrets.Add(secret);
        return secret;
    }
}
