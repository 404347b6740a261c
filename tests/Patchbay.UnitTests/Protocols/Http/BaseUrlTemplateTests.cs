using CsCheck;
using Patchbay.Protocols;
using Patchbay.Protocols.Http;
using Xunit;

namespace Patchbay.UnitTests.Protocols.Http;

public sealed class BaseUrlTemplateTests
{
    [Theory]
    [InlineData("https://{{ conn.x }}.example.com/v1", "acme", "https://acme.example.com/v1")]
    [InlineData("https://{{ conn.x }}.example.com/v1", "a.b-c", "https://a.b-c.example.com/v1")]
    [InlineData("https://{{ conn.x }}.example.com/v1", "BÜRO", "https://xn--bro-hoa.example.com/v1")]
    [InlineData("https://api-{{x}}.example.com", "eu", "https://api-eu.example.com")]
    [InlineData("https://{{x}}", "example.com", "https://example.com")]
    [InlineData("https://10.0.0.{{x}}", "7", "https://10.0.0.7")]
    [InlineData("https://{{x}}.0.0.1", "10", "https://10.0.0.1")]
    [InlineData("{{ x }}://example.com", "http", "http://example.com")]
    [InlineData("https://example.com:{{ x }}/v1", "8443", "https://example.com:8443/v1")]
    [InlineData("https://example.com/{{ .conn.x }}/v1", "a/b?c#d%e f", "https://example.com/a%2Fb%3Fc%23d%25e%20f/v1")]
    [InlineData("https://example.com/{{x}}", "%2e%2e", "https://example.com/%252e%252e")]
    [InlineData("https://example.com/v{{x}}", "2.0", "https://example.com/v2.0")]
    [InlineData("https://example.com/v1?tenant={{x}}&a=b", "x&y=z#+", "https://example.com/v1?tenant=x%26y%3Dz%23%2B&a=b")]
    [InlineData("https://example.com/v1?tenant={{x}}", "", "https://example.com/v1?tenant=")]
    [InlineData("{{ conn.x }}", "https://my.example.com", "https://my.example.com")]
    [InlineData("{{ conn.x }}/services", "https://my.example.com/base/", "https://my.example.com/base/services")]
    [InlineData("{{ conn.x }}/services", "http://localhost:8080", "http://localhost:8080/services")]
    [InlineData("{{ conn.x }}?a=b", "https://my.example.com", "https://my.example.com?a=b")]
    public void A_value_is_put_where_it_belongs(string template, string value, string expected)
    {
        var outcome = Expand(template, value);
        Assert.True(outcome.TryGet(out var address, out var faults), string.Join(' ', faults));
        Assert.Equal(expected, address.ToString());
    }

    [Theory]
    [InlineData("{{x}}.example.com")]
    [InlineData("{{x}}example.com/y")]
    [InlineData("{{x}}:8080")]
    [InlineData("example.com/{{x}}")]
    [InlineData("ftp://{{x}}")]
    [InlineData("ht{{x}}://example.com")]
    [InlineData("https://{{x}}..example.com")]
    [InlineData("https://{{x}}.")]
    [InlineData("https://user@{{x}}")]
    [InlineData("https://{{x}}@example.com")]
    [InlineData("https://{{x}}\\example.com")]
    [InlineData("https://[{{x}}]")]
    [InlineData("https://{{x}}:port/")]
    [InlineData("https://example.com/{{x}}/../y")]
    [InlineData("https://example.com/{{x}}#y")]
    [InlineData("{{x}}#y")]
    [InlineData("{{x}}/..")]
    [InlineData("https://{{x}/")]
    [InlineData("https://{{x")]
    [InlineData("https://{{}}/")]
    [InlineData("https://{{  }}/")]
    [InlineData("https://{{ conn. }}/")]
    [InlineData("https://{{a}b}}/")]
    [InlineData("https://example.com/\uffff")]
    public void A_template_that_no_value_could_mend_is_refused_when_it_is_parsed(string template) =>
        Assert.NotEmpty(BaseUrlTemplate.Parse(template).Faults);

    public static TheoryData<string, string> ValuesThatDoNotFit()
    {
        var data = new TheoryData<string, string>();
        foreach (var host in (string[])["", ".", "a.", ".a", "a..b", "a/b", "a@b", "a:1", "a#b", "a?b", "a\\b", "a%2fb", "a b", "a\n", "[::1]", "::1", "a\0", "a\u2100b", "a\u3002b"])
        {
            data.Add("https://{{x}}.example.com", host);
        }

        foreach (var port in (string[])["", "0", "65536", "-1", "+1", " 1", "1 ", "0x10", "8080/x", "1@evil.example"]) data.Add("https://example.com:{{x}}", port);
        foreach (var scheme in (string[])["", "ftp", "HTTP", "https://evil.example/?", "http:"]) data.Add("{{x}}://example.com", scheme);
        foreach (var path in (string[])["", ".", "..", "../x", "x/..", "x/../y", "..;x", "a\\..\\b"]) data.Add("https://example.com/{{x}}/y", path);
        foreach (var url in (string[])["", "example.com", "//example.com", "ftp://example.com", "https://user@example.com", "https://u:p@example.com", "https://example.com/?a", "https://example.com?", "https://example.com/#a", "https://example.com/../x", "javascript:alert(1)", "https://exa mple.com", "file://etc/passwd"])
        {
            data.Add("{{x}}/y", url);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(ValuesThatDoNotFit))]
    public void A_value_that_could_reach_beyond_its_place_is_refused_by_name(string template, string value)
    {
        var fault = Assert.Single(Expand(template, value).Faults);
        Assert.Equal((FaultKind.UnfitValue, "x"), (fault.Kind, fault.Subject));
    }

    [Fact]
    public void A_host_that_only_its_parts_together_make_unfit_is_refused()
    {
        var values = new TemplateValues(new Dictionary<string, string>(StringComparer.Ordinal) { ["a"] = "127", ["b"] = "1" });
        Assert.Equal("host", Assert.Single(Parse("https://{{a}}.{{b}}/").Expand(values).Faults).Subject);
    }

    [Fact]
    public void Every_missing_value_is_named()
    {
        var faults = Parse("https://{{a}}.example.com:{{b}}/{{c}}?d={{d}}").Expand(Values(("c", "x"))).Faults;
        Assert.All(faults, fault => Assert.Equal(FaultKind.MissingVariable, fault.Kind));
        Assert.Equal("a b d", string.Join(' ', faults.Select(fault => fault.Subject).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void References_tell_scope_name_and_place()
    {
        var references = Parse("{{a}}://{{ .conn.b c }}.x:{{conn.d}}/{{ param.e }}?{{f.g}}").References;
        Assert.Equal(
            "Any a Scheme, Connection b c Host, Connection d Port, Parameter e Path, Any f.g Query",
            string.Join(", ", references.Select(reference => $"{reference.Scope} {reference.Name} {reference.Place}")));
        Assert.Equal(TemplatePlace.Url, Assert.Single(Parse("{{ conn.instance_url }}").References).Place);
    }

    [Fact]
    public void A_name_without_scope_is_a_connection_variable_first_and_then_a_parameter()
    {
        var template = Parse("https://example.com/{{x}}/{{ conn.x }}/{{ param.x }}");
        var values = new TemplateValues(
            new Dictionary<string, string>(StringComparer.Ordinal) { ["x"] = "c" }, new Dictionary<string, string>(StringComparer.Ordinal) { ["x"] = "p" });
        Assert.True(template.Expand(values).TryGet(out var address, out _));
        Assert.Equal("/c/c/p", address.PathPrefix);
        Assert.True(Parse("https://example.com/{{x}}").Expand(new TemplateValues(
            new Dictionary<string, string>(StringComparer.Ordinal), new Dictionary<string, string>(StringComparer.Ordinal) { ["x"] = "p" })).Succeeded);
    }

    [Fact]
    public void No_host_value_changes_the_host_around_it() =>
        Gen.OneOf(Gen.String, Gen.String[Gen.Char["./@:a-"], 0, 8]).Sample(value =>
            !Expand("https://api.{{x}}.example.com:8443/v1", value).TryGet(out var address, out _)
            || (address.Origin.Host.StartsWith("api.", StringComparison.Ordinal)
                && address.Origin.Host.EndsWith(".example.com", StringComparison.Ordinal)
                && address.Origin is { Scheme: "https", Port: 8443 }
                && address.PathPrefix == "/v1"
                && Origin.Of(new Uri(address.ToString())) == address.Origin));

    [Fact]
    public void A_value_that_makes_the_url_too_long_is_refused() =>
        Assert.Equal(FaultKind.TooLong, Assert.Single(Expand("https://example.com/{{x}}", new string('a', 100_000)).Faults).Kind);

    [Fact]
    public void Texts_from_anywhere_never_throw() =>
        Gen.Select(Gen.String, Gen.OneOf(Gen.Const("{{"), Gen.Const("{{x}}"), Gen.Const("://{{x}}"), Gen.Const("https://{{x}}/")), Gen.String, Gen.String).Sample((start, middle, end, value) =>
        {
            if (BaseUrlTemplate.Parse(start + middle + end).TryGet(out var first, out _)) first.Expand(Values(("x", value)));
            if (BaseUrlTemplate.Parse(middle + end).TryGet(out var second, out _)) second.Expand(Values(("x", value)));
            return true;
        });

    private static Outcome<TargetAddress> Expand(string template, string value) => Parse(template).Expand(Values(("x", value)));

    private static BaseUrlTemplate Parse(string text)
    {
        Assert.True(BaseUrlTemplate.Parse(text).TryGet(out var template, out var faults), string.Join(' ', faults));
        return template;
    }

    private static TemplateValues Values(params (string Name, string Value)[] values) =>
        new(values.ToDictionary(value => value.Name, value => value.Value, StringComparer.Ordinal));
}
