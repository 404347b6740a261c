using CsCheck;
using Patchbay.Protocols;
using Patchbay.Protocols.Http;
using Xunit;

namespace Patchbay.UnitTests.Protocols.Http;

public sealed class PathTemplateTests
{
    [Theory]
    [InlineData("/users/{{ param.x }}", "7", "/users/7")]
    [InlineData("/users/{{ param.x }}/files", "a/b", "/users/a%2Fb/files")]
    [InlineData("/users/{{ param.x }}?expand={{ param.x }}&y", "a b&c", "/users/a%20b%26c?expand=a%20b%26c&y")]
    [InlineData("/users/%7E/{{ param.x }}", "~é", "/users/%7E/~%C3%A9")]
    [InlineData("/a b", "", "/a%20b")]
    [InlineData("", "", "")]
    public void Values_are_escaped_for_where_they_stand(string template, string value, string expected)
    {
        Assert.True(Expand(template, value).TryGet(out var text, out var faults), string.Join(' ', faults));
        Assert.Equal(expected, text);
    }

    [Theory]
    [InlineData("/a/../b")]
    [InlineData("/a/%2e/b")]
    [InlineData("/a#b")]
    [InlineData("/{{x")]
    public void A_path_that_leads_elsewhere_is_refused(string template) => Assert.NotEmpty(PathTemplate.Parse(template).Faults);

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("../../admin")]
    [InlineData("..\\admin")]
    public void A_value_cannot_lead_out_of_its_segment(string value)
    {
        var fault = Assert.Single(Expand("/users/{{ param.x }}/files", value).Faults);
        Assert.Equal((FaultKind.UnfitValue, "x"), (fault.Kind, fault.Subject));
    }

    [Fact]
    public void Dots_of_text_and_value_together_are_a_dot_segment_too()
    {
        Assert.True(PathTemplate.Parse("/a/{{ param.x }}{{ param.y }}/b").TryGet(out var template, out _));
        Assert.True(PathTemplate.Parse("/a/.{{ param.x }}").TryGet(out var dotted, out _));
        Assert.Equal(2, template.References.Count);
        Assert.NotEmpty(dotted.Expand(Values(".")).Faults);
    }

    [Fact]
    public void No_value_adds_or_removes_a_segment_or_reaches_the_query() =>
        Gen.OneOf(Gen.String, Gen.String[Gen.Char["./%2e?#\\;"], 0, 8]).Sample(value =>
        {
            if (!Expand("/users/{{ param.x }}/files?a={{ param.x }}&b=c", value).TryGet(out var text, out _)) return true;
            var query = text.Split('?');
            var segments = query[0].Split('/');
            return query.Length == 2
                && segments.Length == 4
                && segments[1] == "users"
                && segments[3] == "files"
                && query[1].Split('&').Length == 2
                && (value.Any(char.IsSurrogate) || Uri.UnescapeDataString(segments[2]) == value)
                && RawTarget.Join(Address, text).Succeeded;
        });

    [Theory]
    [InlineData("Bearer {{ conn.x }}", "token", "Bearer token")]
    [InlineData("{{x}}", "a\tb", "a\tb")]
    [InlineData("{{x}}", "", "")]
    [InlineData("ü{{x}}", "é", "\u00c3\u00bc\u00c3\u00a9")]
    public void A_headers_value_is_one_line(string template, string value, string expected)
    {
        Assert.True(HeaderTemplate.Parse(template).TryGet(out var parsed, out _));
        Assert.Equal(TemplatePlace.Header, Assert.Single(parsed.References).Place);
        Assert.True(parsed.Expand(Values(value)).TryGet(out var text, out _));
        Assert.Equal(expected, text);
    }

    [Theory]
    [InlineData("a\r\nX-Evil: 1")]
    [InlineData("a\n")]
    [InlineData("\r")]
    [InlineData("a\0")]
    [InlineData("a\u007f")]
    [InlineData("a\u0085b")]
    public void A_headers_value_cannot_begin_another_line(string value)
    {
        Assert.True(HeaderTemplate.Parse("{{x}}").TryGet(out var parsed, out _));
        Assert.Equal((FaultKind.UnfitValue, "x"), (parsed.Expand(Values(value)).Faults[0].Kind, parsed.Expand(Values(value)).Faults[0].Subject));
        Assert.NotEmpty(HeaderTemplate.Parse(value).Faults);
    }

    private static TargetAddress Address
    {
        get
        {
            Assert.True(TargetAddress.Parse("https://example.com/base").TryGet(out var address, out _));
            return address;
        }
    }

    private static Outcome<string> Expand(string text, string value)
    {
        Assert.True(PathTemplate.Parse(text).TryGet(out var template, out var faults), string.Join(' ', faults));
        return template.Expand(Values(value));
    }

    private static TemplateValues Values(string value)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { ["x"] = value };
        return new TemplateValues(values, values);
    }
}
