using CsCheck;
using Patchbay.Protocols.Http;
using Xunit;

namespace Patchbay.UnitTests.Protocols.Http;

public sealed class RawQueryTests
{
    [Theory]
    [InlineData(null, "k", null)]
    [InlineData("", "k", "")]
    [InlineData("k=1", "k", null)]
    [InlineData("k", "k", null)]
    [InlineData("a=1&k=2&b=3", "k", "a=1&b=3")]
    [InlineData("k=1&a=%2e&K=2&k=3&kk=4", "k", "a=%2e&K=2&kk=4")]
    [InlineData("a=1&&k=2&", "k", "a=1&&")]
    [InlineData("%6b=1&a=2", "k", "a=2")]
    [InlineData("%6B=1&a=2", "k", "a=2")]
    [InlineData("api+key=1&api%20key=2&a=b+c", "api key", "a=b+c")]
    [InlineData("a=k=1&b=&k", "k", "a=k=1&b=")]
    [InlineData("%zz=1&%=2", "%zz", "%=2")]
    [InlineData("%C3%BC=1&a", "ü", "a")]
    [InlineData("a=1;k=2", "k", "a=1;k=2")]
    public void Removing_a_parameter_leaves_every_other_byte(string? query, string name, string? expected) =>
        Assert.Equal(expected, RawQuery.Remove(query, name));

    [Theory]
    [InlineData(null, "k", "v", "k=v")]
    [InlineData("", "k", "v", "k=v")]
    [InlineData("a=%2e", "k", "v", "a=%2e&k=v")]
    [InlineData("k=old&a=1&%6b=old", "k", "v&w=x y", "a=1&k=v%26w%3Dx%20y")]
    [InlineData("a", "b c", "", "a&b%20c=")]
    public void Setting_a_parameter_replaces_all_of_its_name(string? query, string name, string value, string expected) =>
        Assert.Equal(expected, RawQuery.Set(query, name, value));

    [Fact]
    public void What_was_set_is_there_once_and_the_rest_is_as_it_was() =>
        Gen.Select(Gen.String[Gen.Char["ab&=%6+"], 0, 12], Gen.String[Gen.Char["ab&=% "], 1, 3], Gen.String).Sample((query, name, value) =>
        {
            var set = RawQuery.Set(query, name, value);
            var rest = RawQuery.Remove(set, name);
            return RawQuery.Has(set, name)
                && !RawQuery.Has(rest, name)
                && (rest ?? string.Empty) == (RawQuery.Remove(query, name) ?? string.Empty)
                && set.EndsWith($"{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}", StringComparison.Ordinal);
        });
}
