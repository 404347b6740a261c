using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.EndUserPages;

public sealed partial class EndUserPageTests(Hosts hosts)
{
    private static readonly string Site = Path.Combine(RepositoryRoot.Path, "src", "Patchbay.Platform", "EndUserPages", "Site");

    [Theory, EachDatabase]
    public async Task Only_sites_on_the_list_may_have_a_hubs_page_in_a_frame(Database database)
    {
        var host = await hosts.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        var hub = await EndUserSessionTests.HubAsync(acme);
        Assert.Contains("frame-ancestors 'self';", await PolicyAsync(host, hub), StringComparison.Ordinal);

        (await acme.PutAsync($"/api/organisations/v1/organisations/{acme.Id}/allowed-origins", new { origins = new[] { "https://all.example.com" } })).Expect(200);
        (await acme.PutAsync($"/api/embedded/v1/hubs/{hub}/pages", new { allowedOrigins = new[] { "https://app.example.com:8443", "http://[::1]:3000" } })).Expect(200);

        var policy = await PolicyAsync(host, hub);
        Assert.Contains("frame-ancestors 'self' https://app.example.com:8443 http://[::1]:3000 https://all.example.com;", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.Contains("default-src 'none'", policy, StringComparison.Ordinal);
        // A hub that there is not looks like one that allows nobody.
        Assert.Contains("frame-ancestors 'self';", await PolicyAsync(host, "01JDF3Q2M8V7K5T9XW4RZ6YB6C"), StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'self';", await PolicyAsync(host, "x"), StringComparison.Ordinal);
    }

    [Theory, EachDatabase]
    public async Task The_look_is_kept_and_what_is_no_colour_address_or_origin_is_refused(Database database)
    {
        var host = await hosts.OfAsync(database);
        var acme = await host.NewOrganisationAsync();
        var path = $"/api/embedded/v1/hubs/{await EndUserSessionTests.HubAsync(acme)}/pages";
        Assert.Empty((await acme.GetAsync(path)).Expect(200)["allowedOrigins"].AsArray());

        var look = new { allowedOrigins = new[] { "https://app.example.com" }, theme = new { name = "Acme", logoUrl = "https://app.example.com/logo.svg", corners = "round", light = new { accent = "#AA3366" } } };
        (await acme.PutAsync(path, look)).Expect(200);
        Assert.Equal("#AA3366", (string?)(await acme.GetAsync(path)).Expect(200)["theme"]["light"]!["accent"]);

        (await acme.PutAsync(path, new { allowedOrigins = new[] { "https://*.example.com" } })).ExpectError(400, "invalid_request", "allowedOrigins[0]");
        (await acme.PutAsync(path, new { allowedOrigins = Array.Empty<string>(), theme = new { logoUrl = "data:image/svg+xml,x" } })).ExpectError(400, "invalid_request", "theme.logoUrl");
        (await acme.PutAsync(path, new { allowedOrigins = Array.Empty<string>(), theme = new { dark = new { text = "red;}" } } })).ExpectError(400, "invalid_request", "theme.dark.text");
        Assert.Empty(host.Log.Errors);
    }

    [Fact]
    public async Task Every_part_that_the_pages_name_is_served_and_nothing_else_is()
    {
        var host = await hosts.OfAsync(Database.Sqlite);
        foreach (var file in Directory.EnumerateFiles(Site).Select(f => Path.GetFileName(f)!).Where(f => f is not ("page.html" or "embed.js")))
        {
            var part = (await host.Nobody.GetAsync($"/embed/assets/{file}")).Expect(200);
            Assert.Equal("nosniff", part.Headers["X-Content-Type-Options"]);
            Assert.Equal("same-origin", part.Headers["Cross-Origin-Resource-Policy"]);
            (await host.Nobody.SendAsync(HttpMethod.Get, $"/embed/assets/{file}", null, ("If-None-Match", part.Headers["ETag"]))).Expect(304);
            foreach (var named in Imports().Matches(part.Text).Select(m => m.Groups["file"].Value))
                Assert.True(File.Exists(Path.Combine(Site, named)), $"{file} imports {named}, which is not there.");
        }

        var script = (await host.Nobody.GetAsync("/embed.js")).Expect(200);
        Assert.Equal("cross-origin", script.Headers["Cross-Origin-Resource-Policy"]);
        Assert.StartsWith("text/javascript", script.Headers["Content-Type"], StringComparison.Ordinal);
        foreach (var missing in (string[])["page.html", "nothing.js"])
            (await host.Nobody.GetAsync($"/embed/assets/{missing}")).Expect(404);
    }

    [Fact]
    public void Every_language_has_every_text_with_the_same_placeholders_and_no_other()
    {
        var english = TextsOf("en");
        var named = Directory.EnumerateFiles(Site, "*.js").Where(f => Path.GetFileName(f) != "embed.js")
            .SelectMany(f => Keys().Matches(File.ReadAllText(f)).Select(m => m.Groups["key"].Value)).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(named.Order(StringComparer.Ordinal), english.Keys.Order(StringComparer.Ordinal));

        foreach (var language in (string[])["de", "fr", "es", "ja"])
        {
            var texts = TextsOf(language);
            Assert.Equal(english.Keys.Order(StringComparer.Ordinal), texts.Keys.Order(StringComparer.Ordinal));
            foreach (var (key, text) in texts)
            {
                Assert.True(text.Length > 0, $"{language}: {key} is empty.");
                Assert.Equal(Placeholders(english[key]), Placeholders(text));
            }
        }

        static string[] Placeholders(string text) => [.. Placeholder().Matches(text).Select(m => m.Value).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>The texts of a language; of those that count, the form for many, which every language has.</summary>
    private static Dictionary<string, string> TextsOf(string language)
    {
        var all = JsonNode.Parse(File.ReadAllText(Path.Combine(Site, $"{language}.json")))!.AsObject().ToDictionary(t => t.Key, t => (string)t.Value!, StringComparer.Ordinal);
        Assert.All(all.Keys.Where(k => k.EndsWith(".one", StringComparison.Ordinal)), k => Assert.Contains(k[..^4] + ".other", all.Keys));
        return all.Where(t => !t.Key.EndsWith(".one", StringComparison.Ordinal))
            .ToDictionary(t => t.Key.EndsWith(".other", StringComparison.Ordinal) ? t.Key[..^6] : t.Key, t => t.Value, StringComparer.Ordinal);
    }

    private static async Task<string> PolicyAsync(PatchbayHost host, string hub)
    {
        var page = (await host.Nobody.GetAsync($"/embed/{hub}")).Expect(200);
        Assert.Equal("no-referrer", page.Headers["Referrer-Policy"]);
        Assert.Equal("nosniff", page.Headers["X-Content-Type-Options"]);
        Assert.DoesNotContain("Set-Cookie", page.Headers.Keys);
        return page.Headers["Content-Security-Policy"];
    }

    [GeneratedRegex(@"from '\./(?<file>[a-z-]+\.js)'", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Imports();

    [GeneratedRegex(@"'(?<key>(nav|list|state|integration|activate|connection|reconnect|variables|deactivate|faults|field|scheme|signIn|error)\.[A-Za-z]+)'", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Keys();

    [GeneratedRegex(@"\{\w+\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Placeholder();
}
