using CsCheck;
using Microsoft.AspNetCore.WebUtilities;
using Patchbay.OAuth.Authorization;
using Patchbay.OAuth.Profiles;
using Xunit;

namespace Patchbay.UnitTests.OAuth;

public sealed class AuthorizationRequestTests
{
    private static readonly ProviderProfile Profile = new() { AuthorizeUrl = "https://id.example.com/authorize", TokenUrl = "https://id.example.com/token" };

    private static readonly Pkce Proof = Pkce.Create(PkceMethod.S256)!;

    private static readonly AuthorizationRequest Request = new()
    {
        ClientId = "client 1",
        RedirectUri = "https://app.example.com/oauth2/callback?x=1&y=2",
        State = "the-state",
        Scopes = ["read", "write:all"],
        Pkce = Proof,
    };

    [Fact]
    public void The_url_has_what_the_rfcs_ask_for()
    {
        var url = Url(Profile, Request);
        Assert.StartsWith("https://id.example.com/authorize?response_type=code&client_id=client%201&", url, StringComparison.Ordinal);
        Assert.Equal(
            [
                ("response_type", "code"), ("client_id", "client 1"), ("redirect_uri", "https://app.example.com/oauth2/callback?x=1&y=2"),
                ("scope", "read write:all offline_access"), ("state", "the-state"), ("code_challenge", Proof.Challenge), ("code_challenge_method", "S256"),
                ("prompt", "login"),
            ],
            Query(url));
    }

    [Fact]
    public void Offline_access_is_added_once_unless_it_is_disabled_or_the_provider_has_none()
    {
        Assert.Equal("offline_access read", Parameter(Profile, Request with { Scopes = ["offline_access", "read"] }, "scope"));
        Assert.Equal("read", Parameter(Profile, Request with { Scopes = ["read"], DisableOfflineAccess = true }, "scope"));
        Assert.Equal("read", Parameter(Profile with { OfflineAccess = false }, Request with { Scopes = ["read"] }, "scope"));
        Assert.Null(Parameter(Profile with { OfflineAccess = false }, Request with { Scopes = [] }, "scope"));
        Assert.Equal("read,write:all,offline_access", Parameter(Profile with { ScopeSeparator = "," }, Request, "scope"));
    }

    [Fact]
    public void The_prompt_is_login_unless_something_else_is_asked_for()
    {
        Assert.Equal("login", Parameter(Profile, Request, "prompt"));
        Assert.Equal("consent select_account", Parameter(Profile, Request with { Prompt = "consent+select_account" }, "prompt"));
        Assert.Null(Parameter(Profile, Request with { Prompt = "" }, "prompt"));
        Assert.Null(Parameter(Profile, Request with { AdditionalParams = "approval_prompt=force" }, "prompt"));
        Assert.Equal("none", Parameter(Profile, Request with { AdditionalParams = "approval_prompt=force", Prompt = "none" }, "prompt"));
        Assert.Null(Parameter(With(("approval_prompt", "force")), Request, "prompt"));
        Assert.Equal("consent", Parameter(With(("prompt", "consent")), Request, "prompt"));
        Assert.Equal("none", Parameter(With(("prompt", "consent")), Request with { Prompt = "none" }, "prompt"));
        Assert.Null(Parameter(Profile with { Authorize = new AuthorizeRequestShape { Renamed = Texts.Of(("prompt", "")) } }, Request, "prompt"));
    }

    [Fact]
    public void The_query_of_the_authorize_url_is_kept_and_nothing_stands_twice()
    {
        var profile = Profile with { AuthorizeUrl = "https://id.example.com/authorize?response_type=code&tenant=a%20b&prompt=consent" };
        var url = Url(profile, Request);
        Assert.StartsWith($"{profile.AuthorizeUrl}&client_id=", url, StringComparison.Ordinal);
        Assert.Equal(1, Query(url).Count(each => each.Name == "response_type"));
        Assert.Equal([("prompt", "consent")], Query(url).Where(each => each.Name == "prompt"));
        Assert.StartsWith("https://id.example.com/authorize?response_type=code", Url(Profile with { AuthorizeUrl = "https://id.example.com/authorize?" }, Request), StringComparison.Ordinal);
        Assert.StartsWith("https://id.example.com/authorize?a=b&response_type=code", Url(Profile with { AuthorizeUrl = "https://id.example.com/authorize?a=b&" }, Request), StringComparison.Ordinal);

        Assert.Equal(("authorizeUrl", true), Fault(Profile with { AuthorizeUrl = "https://id.example.com/authorize?client_id=other" }, Request, "client_id"));
        Assert.Equal(("authorizeUrl", true), Fault(profile, Request with { Prompt = "login" }, "prompt"));
    }

    [Theory]
    [InlineData("response_type")]
    [InlineData("client_id")]
    [InlineData("redirect_uri")]
    [InlineData("scope")]
    [InlineData("state")]
    [InlineData("code_challenge")]
    [InlineData("code_challenge_method")]
    [InlineData("prompt")]
    public void An_additional_parameter_that_the_request_sets_is_a_fault_that_names_it(string name)
    {
        Assert.Equal(("additionalParams", true), Fault(Profile, Request with { AdditionalParams = $"a=b&{name}=x" }, name));
        Assert.Equal(("additionalParams", true), Fault(Profile with { Pkce = PkceMethod.Off }, Request with { Pkce = null, AdditionalParams = $"{name}=x" }, name));
    }

    [Fact]
    public void Additional_parameters_are_added_as_they_were_decoded()
    {
        var url = Url(With(("access_type", "offline")), Request with { AdditionalParams = "?bar=baz&foo=cat%20bob&foo=2&access_type=offline" });
        Assert.Equal(
            [("access_type", "offline"), ("bar", "baz"), ("foo", "cat bob"), ("foo", "2")],
            Query(url).Where(each => each.Name is "access_type" or "bar" or "foo"));
        Assert.Equal(("additionalParams", true), Fault(With(("access_type", "offline")), Request with { AdditionalParams = "access_type=online" }, "access_type"));
        Assert.Equal(("additionalParams", true), Fault(Profile, Request with { AdditionalParams = "a=%zz" }, "%"));
    }

    [Fact]
    public void Renamed_parameters_are_reserved_under_their_new_names_too()
    {
        var profile = Profile with { Authorize = new AuthorizeRequestShape { Renamed = Texts.Of(("client_id", "client_key"), ("scope", "user_scope"), ("redirect_uri", "")) } };
        var query = Query(Url(profile, Request));
        Assert.Contains(("client_key", "client 1"), query);
        Assert.Contains(("user_scope", "read write:all offline_access"), query);
        Assert.DoesNotContain(query, each => each.Name is "client_id" or "scope" or "redirect_uri");
        Assert.Equal(("additionalParams", true), Fault(profile, Request with { AdditionalParams = "client_key=x" }, "client_key"));
    }

    [Fact]
    public void Everything_that_is_missing_is_told_at_once()
    {
        var faults = new AuthorizationRequest { ClientId = "", RedirectUri = "", State = "", Scopes = ["a", ""], AdditionalParams = "%" }
            .ToUrl(Profile with { AuthorizeUrl = "" }).Faults;
        Assert.Equal("additionalParams authorizeUrl clientId pkce redirectUri scopes[1] state", string.Join(" ", faults.Select(fault => fault.Field).Order(StringComparer.Ordinal)));
        Assert.False(Request.ToUrl(Profile with { Pkce = PkceMethod.Off }).Succeeded);
        Assert.False(Request.ToUrl(Profile with { Pkce = PkceMethod.Plain }).Succeeded);
        Assert.False(Request.ToUrl(Profile with { AuthorizeUrl = "https://id.example.com/#/authorize" }).Succeeded);
        Assert.False((Request with { State = new string('x', 17_000) }).ToUrl(Profile).Succeeded);
    }

    [Fact]
    public void Whatever_is_asked_for_arrives_as_it_was() =>
        Gen.Select(Gen.String[Gen.Char[' ', '\u2fff'], 1, 20], Gen.String[Gen.Char[' ', '~'], 1, 20], Gen.String).Sample((clientId, state, additional) =>
        {
            var result = (Request with { ClientId = clientId, State = state, AdditionalParams = additional }).ToUrl(Profile);
            if (!result.TryGet(out var url, out _)) return true;
            return new Uri(url).Host == "id.example.com" && Query(url).Contains(("client_id", clientId)) && Query(url).Contains(("state", state));
        });

    private static ProviderProfile With(params (string Name, string Value)[] parameters) =>
        Profile with { Authorize = new AuthorizeRequestShape { Parameters = Texts.Of(parameters) } };

    private static string Url(ProviderProfile profile, AuthorizationRequest request)
    {
        Assert.True(request.ToUrl(profile).TryGet(out var url, out var faults), string.Join("; ", faults));
        return url;
    }

    private static string? Parameter(ProviderProfile profile, AuthorizationRequest request, string name) =>
        Query(Url(profile, request)).Where(each => each.Name == name).Select(each => each.Value).SingleOrDefault();

    private static (string Field, bool Names) Fault(ProviderProfile profile, AuthorizationRequest request, string name)
    {
        var fault = Assert.Single(request.ToUrl(profile).Faults);
        return (fault.Field, fault.Message.Contains(name, StringComparison.Ordinal));
    }

    private static List<(string Name, string Value)> Query(string url)
    {
        var pairs = new List<(string, string)>();
        foreach (var pair in new QueryStringEnumerable(new Uri(url).Query)) pairs.Add((pair.DecodeName().ToString(), pair.DecodeValue().ToString()));
        return pairs;
    }
}
