using System.Text;
using CsCheck;
using Patchbay.Importing;
using Xunit;

namespace Patchbay.UnitTests.Importing.Postman;

public sealed class CollectionTests
{
    [Fact]
    public void Folders_and_items_become_actions_with_names_of_their_path()
    {
        var connector = Collection.Connector(Collection.Of($$"""
            {"name": "Users & groups", "description": "Who there is.", "item": [
              {{Collection.Item("https://a.example/users", name: "List all users")}},
              {"name": "Admin", "item": [{{Collection.Item("https://a.example/admins", name: "List all users")}}]}
            ]},
            {{Collection.Item("https://a.example/ping", name: "Ping!", more: "\"description\": \"Of the item.\"")}},
            {{Collection.Item("https://a.example/ping", "\"description\": {\"content\": \"Of the request.\", \"type\": \"text/markdown\"}", name: "Ping?")}},
            {{Collection.Item("https://a.example/a/:b", name: "日本")}},
            {"name": "short", "request": "https://a.example/short?x=1"}
            """));

        Lines.AssertEqual(["Users_groups_List_all_users", "Users_groups_Admin_List_all_users", "Ping", "Ping_2", "get_a__b", "short"], connector.Contents.Actions.Select(action => action.Name));
        Assert.Equal("""["Users \u0026 groups","Admin"]""", connector.Contents.Actions[1].Source!["folder"]!.ToJsonString());
        Assert.Equal(("List all users", "Of the item.", "Of the request."), (connector.Contents.Actions[0].Summary, connector.Contents.Actions[2].Description, connector.Contents.Actions[3].Description));
        Assert.Equal("Who there is.", connector.Source!["folders"]!["Users & groups"]!.GetValue<string>());
        Assert.Equal("https://a.example", connector.BaseUrl);
    }

    [Theory]
    [InlineData("\"2.3\"", "2.3")]
    [InlineData("{\"major\": 1, \"minor\": 2, \"patch\": 3}", "1.2.3")]
    [InlineData("null", "1")]
    public void The_version_is_a_text_or_an_object(string version, string expected) => Assert.Equal(expected, Collection.Connector(
        $$"""{"info": {"_postman_id": "x", "name": "N", "version": {{version}}, "description": {"content": "D"} }, "item": []}""").Version);

    [Fact]
    public void A_collection_is_known_by_its_schema_or_its_id_or_because_somebody_says_so()
    {
        const string Unmarked = """{"info": {"name": "N"}, "item": []}""";

        Assert.Equal("N", Imported.Connector("""{"collection": {"info": {"_postman_id": "x", "name": "N"}, "item": []}}""").Name);
        Assert.Null(Imported.Result(Unmarked).Connector);
        Assert.Equal("N", Imported.Connector(Unmarked, new ImportOptions { Kind = DescriptionKind.Postman }).Name);
        Assert.Equal("O", Imported.Connector("""{"openapi": "3.0.0", "info": {"title": "O"}, "paths": {}}""", new ImportOptions { Kind = DescriptionKind.Postman }).Name);
        Assert.Equal("M", Imported.Connector("info:\n  schema: https://schema.getpostman.com/json/collection/v2.1.0/collection.json\n  name: M\nitem: []\n").Name);
    }

    [Theory]
    [InlineData("""{"id": "x", "name": "n", "order": [], "requests": []}""", "format 1")]
    [InlineData("""{"info": {"schema": "https://schema.getpostman.com/json/collection/v1.0.0/collection.json"}, "item": []}""", "format 1")]
    [InlineData("""{"info": {"_postman_id": "x"}, "item": {}}""", "no list of items")]
    public void What_is_no_collection_that_can_be_read_says_so(string document, string reason)
    {
        var result = Imported.Result(document);

        Assert.Null(result.Connector);
        Assert.Contains(reason, result.Messages[^1].Text, StringComparison.Ordinal);
        Assert.True(result.Messages[^1].Line > 0);
    }

    [Fact]
    public void Everything_that_has_no_place_is_named_with_its_place()
    {
        var result = Imported.Result(Collection.Of("""
            {"name": "it", "event": [{"listen": "test", "script": {"exec": ["pm.test()"]}}, {"listen": "prerequest", "script": {"exec": [""]}}], "protocolProfileBehavior": {"followRedirects": false},
             "request": {"method": "GET", "url": {"raw": "https://a.example/a?b=1&c=2", "host": ["a", "example"], "path": ["a"], "query": [{"key": "b", "value": "1"}, {"key": "c", "value": "2", "disabled": true}]},
               "header": [{"key": "X-Off", "value": "1", "disabled": true}, {"key": "User-Agent", "value": "u"}], "proxy": {"host": "p"}},
             "response": [{"name": "ok", "code": 200, "cookie": [{"name": "c"}], "header": [{"key": "Server", "value": "s"}], "body": "{}"}]},
            {"name": "neither"}
            """, """ "event": [{"listen": "prerequest", "script": {"type": "text/javascript", "exec": ["x"]}}], "variable": [{"key": "unused", "value": "1"}] """));

        Assert.Equal(2, Imported.AssertMessage(result, "A script has no place").Detail!.Count);
        Assert.Contains("it: test: /item/0/event/0 (line 3", Imported.AssertMessage(result, "A script has no place").Detail![1], StringComparison.Ordinal);
        Lines.AssertEqual(["X-Off: /item/0/request/header/0", "c: /item/0/request/url/query/1"],
            Imported.AssertMessage(result, "switched off", ImportSeverity.Info).Detail!.Select(line => line.Split(" (")[0]).Order(StringComparer.Ordinal));
        Assert.Equal("/item/1", Imported.AssertMessage(result, "neither a request nor a folder").Pointer);
        Assert.Equal("/variable/0", Imported.AssertMessage(result, "stands in no host and no path; it was left out (unused)", ImportSeverity.Info).Pointer);
        Assert.Equal("/item/0/request/header/1", Imported.AssertMessage(result, "not to the caller; it was left out (User-Agent)", ImportSeverity.Info).Pointer);
        Assert.DoesNotContain(result.Messages, message => message.Text.StartsWith("A URL has no scheme", StringComparison.Ordinal));
        Imported.AssertMessage(result, "The cookies of an example response", ImportSeverity.Info);
        Imported.AssertMessage(result, "connection, the body or a cookie; it was left out (Server)", ImportSeverity.Info);
        Assert.Equal(2, Imported.AssertMessage(result, "A field of the collection has no place", ImportSeverity.Info).Detail!.Count);

        var report = result.Report!;
        Assert.Equal(1, report.Entries.Single(entry => entry.Part == DescriptionPart.Operation).Carried);
        var told = report.Entries.SelectMany(entry => entry.Approximated.Concat(entry.LeftOut)).Select(remark => remark.Text).ToList();
        Assert.All(result.Messages.Where(message => message.Severity == ImportSeverity.Warning), message => Assert.Contains(told, text => message.Text.StartsWith(text, StringComparison.Ordinal)));
    }

    [Fact]
    public void Any_damage_to_a_collection_has_an_answer_and_leaves_definitions_sound()
    {
        var whole = Encoding.UTF8.GetBytes(SecretTests.Everything);
        var damage = Gen.Select(Gen.Double[0, 1], Gen.Int[0, Values.Length - 1].Select(i => Values[i])).Array[1, 4];

        damage.Sample(edits =>
        {
            var damaged = edits.Aggregate(Encoding.UTF8.GetString(whole), (text, edit) => Replace(text, edit.Item1, edit.Item2));
            var result = Imported.Result(damaged);
            if (result.Connector is { } connector) DefinitionChecks.AssertSound(connector.Contents);
            return result.Connector is not null || result.Messages[^1].Severity == ImportSeverity.Error;
        }, iter: 400);
    }

    [Fact]
    public void A_large_collection_takes_linear_time_and_hostile_texts_take_no_longer()
    {
        var open = string.Concat(Enumerable.Repeat("{{", 4_000));
        var many = string.Join(',', Enumerable.Range(0, 20_000).Select(i => $$"""{"key": "k{{i}}", "value": "v"}"""));
        var nested = string.Join(',', Enumerable.Range(0, 30).Select(i => $$"""{"key": "v{{i}}", "value": "{{string.Concat(Enumerable.Repeat("{{v" + (i + 1) + "}}", 20))}}"}"""));
        var collection = Collection.Of(string.Join(',', [
            Collection.Item("https://a.example/" + open),
            Collection.Item("{{v0}}/x"),
            Collection.Item($$"""{"raw": "https://a.example/a", "host": ["a", "example"], "path": ["a"], "query": [{{many}}], "variable": [{{many}}]}"""),
            Collection.Item("https://a.example/b", $$""" "body": {"mode": "urlencoded", "urlencoded": [{{many}}]}, "header": [{{many}}] """, $$""" "response": [{"code": 200, "header": [{{many}}]}] """),
        ]), $$""" "variable": [{{nested}}] """);

        DefinitionChecks.AssertSound(Imported.Connector(collection).Contents);
    }

    private static readonly string[] Values =
        ["null", "true", "1.5", "-1", "\"text\"", "[]", "{}", "[1]", "{\"a\":1}", "[{\"key\":\"k\",\"value\":\"v\"}]", "\"{{x}}\"", "\"{{\"", "\"{\\\"a\\\": {{b}}}\"", "[{}]", "{\"content\":[]}"];

    private static string Replace(string text, double where, string value)
    {
        var start = text.IndexOf('"', (int)(where * text.Length));
        var end = start < 0 ? -1 : text.IndexOf('"', start + 1);
        if (end < 0 || text[end - 1] == '\\') return text;
        var isName = text[(end + 1)..].TrimStart().StartsWith(':');
        return text[..start] + (isName && !value.StartsWith('"') ? "\"value\"" : value) + text[(end + 1)..];
    }
}
