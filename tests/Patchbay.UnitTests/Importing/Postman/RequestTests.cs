using Xunit;

namespace Patchbay.UnitTests.Importing.Postman;

public sealed class RequestTests
{
    [Theory]
    [InlineData("https://A.example/v1/users", "https://A.example", "/v1/users")]
    [InlineData("https://a.example:8443/users/", "https://a.example:8443", "/users/")]
    [InlineData("https://a.example", "https://a.example", "/")]
    [InlineData("{{base}}/users", "{{ conn.base }}", "/users")]
    [InlineData("{{ base }}users", "{{ conn.base }}users", "/")]
    [InlineData("https://{{region}}.a.example/{{tenant}}/users", "https://{{ conn.region }}.a.example", "/{{ conn.tenant }}/users")]
    [InlineData("https://a.example/users/:id/posts/:post", "https://a.example", "/users/{{ param.id }}/posts/{{ param.post }}")]
    [InlineData("https://a.example/users/{id}", "https://a.example", "/users/{{ param.id }}")]
    [InlineData("https://a.example/users/{{userId}}.json", "https://a.example", "/users/{{ param.userId }}.json")]
    [InlineData("https://a.example/x/{{$guid}}#top", "https://a.example", "/x/{{ param.guid }}")]
    [InlineData("a.example/users", "https://a.example", "/users")]
    [InlineData("{\"protocol\": \"https\", \"host\": [\"a\", \"example\"], \"port\": \"81\", \"path\": [\"x\", \":id\", {\"type\": \"any\", \"value\": \"y\"}]}", "https://a.example:81", "/x/{{ param.id }}/y")]
    [InlineData("{\"raw\": \"{{base}}/a/b\", \"host\": [\"{{base}}\"], \"path\": [\"a\", \"b\"]}", "{{ conn.base }}", "/a/b")]
    [InlineData("{\"raw\": \"https://a.example/only/raw\"}", "https://a.example", "/only/raw")]
    [InlineData("{\"protocol\": \"http\", \"host\": \"a.example\", \"path\": \"/x/y\"}", "http://a.example", "/x/y")]
    public void A_URL_becomes_base_URL_and_path(string url, string baseUrl, string path)
    {
        var connector = Collection.Connector(Collection.Of(Collection.Item(url), """ "variable": [{"key": "base", "value": "https://b.example/v2/"}, {"key": "region", "value": "eu"}, {"key": "tenant", "value": "t"}] """));

        Assert.Equal((baseUrl, path), (connector.BaseUrl, connector.Contents.Actions[0].Path));
        Assert.All(connector.Contents.Actions[0].Parameters, parameter => Assert.True(parameter is { In: "path", Required: true }));
        Assert.Equal(path.Split("param.").Length - 1, connector.Contents.Actions[0].Parameters.Count);
    }

    [Fact]
    public void Variables_of_host_and_path_become_connection_variables_with_their_defaults()
    {
        var result = Imported.Result(Collection.Of(
            $"{Collection.Item("{{base}}/{{tenant}}/a")}, {Collection.Item("{{base}}/b?x={{other}}")}, {Collection.Item("{{host}}/c")}",
            """ "variable": [{"key": "base", "value": "{{scheme}}://{{name}}.example/v1/"}, {"key": "scheme", "value": "https"}, {"key": "name", "value": "api"}, {"key": "tenant", "value": 7}, {"key": "other", "value": "o"}, {"id": "host", "value": "api.example"}] """));

        Assert.Equal([new("base", "https://api.example/v1"), new("tenant", "7")], result.Connector!.Variables);
        Assert.Equal("it_3: {{host}}", Imported.AssertMessage(result, "An action has a server of its own").Text.Split(" (")[1].TrimEnd(')'));
    }

    [Fact]
    public void The_base_URL_is_that_of_most_requests_and_others_below_it_keep_their_path()
    {
        var result = Imported.Result(Collection.Of(
            string.Join(',', Collection.Item("https://login.example/token"), Collection.Item("{{base}}/a"), Collection.Item("{{base}}/b"), Collection.Item("https://api.example/v1/c"), Collection.Item("https://API.example/v1/d/e")),
            """ "variable": [{"key": "base", "value": "https://api.example/v1"}] """));

        Assert.Equal("{{ conn.base }}", result.Connector!.BaseUrl);
        Lines.AssertEqual(["/token", "/a", "/b", "/c", "/d/e"], result.Connector.Contents.Actions.Select(action => action.Path));
        Assert.Contains("it: https://login.example", Imported.AssertMessage(result, "An action has a server of its own").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_default_without_scheme_gets_one() => Assert.Equal(
        [new("host", "https://localhost:3000")], Collection.Connector(Collection.Of(Collection.Item("{{host}}/a"), """ "variable": [{"key": "host", "value": "localhost:3000"}] """)).Variables);

    [Fact]
    public void Without_any_URL_the_base_URL_is_empty()
    {
        var result = Imported.Result(Collection.Of("""{"name": "a", "request": {"method": "POST"}}, {"name": "b", "request": null}"""));

        Assert.Equal("", result.Connector!.BaseUrl);
        Imported.AssertMessage(result, "A request has no URL");
        Imported.AssertMessage(result, "The description names no server");
    }

    [Fact]
    public void Query_and_headers_become_parameters_with_their_values_as_examples()
    {
        var action = Collection.OnlyAction(Collection.Of(Collection.Item(
            """
            {"raw": "https://a.example/a/:id?q=x", "host": ["a", "example"], "protocol": "https", "path": ["a", ":id"], "variable": [{"key": "id", "value": "42", "description": "Which."}],
             "query": [{"key": "q", "value": "x y", "description": {"content": "What."}}, {"key": "tag", "value": "a"}, {"key": "tag", "value": "b"}, {"key": "page", "value": "{{page}}"}, {"key": null, "value": null}]}
            """,
            """ "header": [{"key": "X-Trace", "value": "on", "description": "Traces."}, {"key": "Content-Type", "value": "application/json"}, {"key": "x-trace", "value": "twice"}] """)));

        Lines.AssertEqual(["path id", "query q", "query tag", "query page", "header X-Trace"], action.Parameters.Select(parameter => $"{parameter.In} {parameter.Name}"));
        Lines.AssertEqual(["42", "x y", "a", null, "on"], action.Parameters.Select(parameter => parameter.Source?["example"]?.GetValue<string>()));
        Lines.AssertEqual(["Which.", "What.", null, null, "Traces."], action.Parameters.Select(parameter => parameter.Description));
        Imported.AssertJson("""{"type":"array","items":{"type":"string"}}""", action.Parameters[2].Schema);
        Assert.All(action.Parameters, parameter => Assert.Null(parameter.Default));
    }

    [Fact]
    public void Headers_may_be_one_text_and_a_query_may_stand_in_the_URL_only()
    {
        var action = Collection.OnlyAction(Collection.Of(Collection.Item("https://a.example/a?x=1%202&y&z={{z}}", """ "header": "X-One: 1\nX-Two: 2:3\n//X-Off: 1" """)));

        Lines.AssertEqual(["x", "y", "z", "X-One", "X-Two"], action.Parameters.Select(parameter => parameter.Name));
        Lines.AssertEqual(["1 2", null, null, "1", "2:3"], action.Parameters.Select(parameter => parameter.Source?["example"]?.GetValue<string>()));
    }

    [Theory]
    [InlineData("\"post\"", "POST")]
    [InlineData("\"PROPFIND\"", "PROPFIND")]
    [InlineData("null", "GET")]
    [InlineData("\"a b\"", "GET")]
    public void Methods_are_in_capitals(string method, string expected) =>
        Assert.Equal(expected, Collection.OnlyAction(Collection.Of("""{"name": "a", "request": {"method": METHOD, "url": "https://a.example"} }""".Replace("METHOD", method, StringComparison.Ordinal))).Method);
}
