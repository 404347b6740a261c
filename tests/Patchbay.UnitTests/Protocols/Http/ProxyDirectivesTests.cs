using CsCheck;
using Patchbay.Protocols;
using Patchbay.Protocols.Http;
using Xunit;

namespace Patchbay.UnitTests.Protocols.Http;

public sealed class ProxyDirectivesTests
{
    [Fact]
    public void Without_directives_nothing_is_asked()
    {
        Assert.Same(ProxyDirectives.None, Parse());
        Assert.Same(ProxyDirectives.None, Parse(("Accept", "x")));
        Assert.Empty(Parse(("X-Versori-Unknown", "x")).Variables);
    }

    [Theory]
    [InlineData("a=1", "a=1")]
    [InlineData("a=1&b=2", "a=1 b=2")]
    [InlineData("a=1&a=2", "a=2")]
    [InlineData("a=x+y%20z%26%3d%2B", "a=x y z&=+")]
    [InlineData("a%20b=%C3%BC", "a b=ü")]
    [InlineData("a=b=c", "a=b=c")]
    [InlineData("a=&b", "a= b=")]
    [InlineData("&a=1&& b=2 &", "a=1 b=2")]
    [InlineData("a=x,y", "a=x,y")]
    [InlineData("", "")]
    public void Variables_are_form_encoded(string value, string expected) =>
        Assert.Equal(expected, Shown(Parse((ProxyDirectives.ConnectionVariableHeader, value))));

    [Fact]
    public void Of_several_lines_the_later_wins() =>
        Assert.Equal("a=2 b=1", Shown(Parse(("x-versori-connection-variable", "a=1&b=1"), ("X-VERSORI-CONNECTION-VARIABLE", "a=2"))));

    [Fact]
    public void Names_of_variables_are_told_apart_by_case() =>
        Assert.Equal("A=2 a=1", Shown(Parse((ProxyDirectives.ConnectionVariableHeader, "a=1&A=2"))));

    [Theory]
    [InlineData("=1")]
    [InlineData("a=%")]
    [InlineData("a=%2")]
    [InlineData("a=%zz")]
    [InlineData("a=%ff")]
    [InlineData("%zz=a")]
    [InlineData("a=ü")]
    public void Variables_that_are_not_form_encoded_are_a_fault(string value)
    {
        var fault = Assert.Single(Faults((ProxyDirectives.ConnectionVariableHeader, value)));
        Assert.Equal((FaultKind.Malformed, ProxyDirectives.ConnectionVariableHeader), (fault.Kind, fault.Subject));
    }

    [Fact]
    public void Variables_have_a_largest_number() =>
        Assert.Single(Faults((ProxyDirectives.ConnectionVariableHeader, string.Join('&', Enumerable.Range(0, 300).Select(number => $"v{number}=1")))));

    [Fact]
    public void Ignored_headers_are_a_list_in_any_case()
    {
        var ignored = Parse((ProxyDirectives.IgnoreHeadersHeader, "Accept, x-one ,,"), (ProxyDirectives.IgnoreHeadersHeader, "X-Two")).IgnoredHeaders;
        Assert.Equal(3, ignored.Count);
        Assert.True(ignored.Contains("ACCEPT") && ignored.Contains("X-One") && ignored.Contains("x-two"));
        Assert.Single(Faults((ProxyDirectives.IgnoreHeadersHeader, "a b")));
    }

    [Fact]
    public void Another_base_url_is_an_address_without_placeholders()
    {
        Assert.Equal("http://files.example.com:8080/x", Parse((ProxyDirectives.OverrideBaseUrlHeader, " http://FILES.example.com:8080/x/ ")).OverrideBaseUrl?.ToString());
        Assert.Equal(ProxyDirectives.OverrideBaseUrlHeader, Assert.Single(Faults((ProxyDirectives.OverrideBaseUrlHeader, "files.example.com"))).Subject);
        Assert.NotEmpty(Faults((ProxyDirectives.OverrideBaseUrlHeader, "https://user@files.example.com")));
        Assert.NotEmpty(Faults((ProxyDirectives.OverrideBaseUrlHeader, "https://{{x}}.example.com")));
        Assert.NotEmpty(Faults((ProxyDirectives.OverrideBaseUrlHeader, "https://a.example"), (ProxyDirectives.OverrideBaseUrlHeader, "https://b.example")));
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("TRUE", true)]
    [InlineData("1", true)]
    [InlineData("", true)]
    [InlineData("false", false)]
    [InlineData("0", false)]
    public void Renewing_the_credential_is_asked_by_a_truth_value(string value, bool expected) =>
        Assert.Equal(expected, Parse((ProxyDirectives.ForceRefreshCredentialHeader, value)).ForceRefreshCredential);

    [Fact]
    public void Everything_that_is_wrong_is_reported_at_once() =>
        Assert.Equal(
            4,
            Faults(
                (ProxyDirectives.ConnectionVariableHeader, "=1"),
                (ProxyDirectives.IgnoreHeadersHeader, "a b"),
                (ProxyDirectives.OverrideBaseUrlHeader, "x"),
                (ProxyDirectives.ForceRefreshCredentialHeader, "maybe")).Count);

    [Fact]
    public void Values_from_anywhere_never_throw() =>
        Gen.OneOf(Gen.String, Gen.String[Gen.Char["a=&%2f+"], 0, 12]).Sample(value =>
            ProxyDirectives.Parse(
            [
                new(ProxyDirectives.ConnectionVariableHeader, value),
                new(ProxyDirectives.IgnoreHeadersHeader, value),
                new(ProxyDirectives.OverrideBaseUrlHeader, value),
                new(ProxyDirectives.ForceRefreshCredentialHeader, value),
            ]) is var outcome && outcome.Succeeded == (outcome.Faults.Count == 0));

    private static string Shown(ProxyDirectives directives) =>
        string.Join(' ', directives.Variables.OrderBy(variable => variable.Key, StringComparer.Ordinal).Select(variable => $"{variable.Key}={variable.Value}"));

    private static ProxyDirectives Parse(params (string Name, string Value)[] headers)
    {
        var outcome = ProxyDirectives.Parse(headers.Select(header => KeyValuePair.Create(header.Name, header.Value)));
        Assert.True(outcome.TryGet(out var directives, out var faults), string.Join(' ', faults));
        return directives;
    }

    private static IReadOnlyList<Fault> Faults(params (string Name, string Value)[] headers) =>
        ProxyDirectives.Parse(headers.Select(header => KeyValuePair.Create(header.Name, header.Value))).Faults;
}
