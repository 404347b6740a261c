using CsCheck;
using Patchbay.OAuth.Authorization;
using Xunit;

namespace Patchbay.UnitTests.OAuth;

public sealed class AuthorizationResponseTests
{
    [Fact]
    public void A_code_and_an_error_are_read()
    {
        Assert.True(AuthorizationResponse.Parse("?code=Spl%2Fx&state=xyz&iss=https%3A%2F%2Fid.example.com").TryGet(out var response, out _));
        Assert.Equal(("Spl/x", "xyz", "https://id.example.com", null), (response.Code, response.State, response.Issuer, response.Error));
        Assert.DoesNotContain("Spl", response.ToString(), StringComparison.Ordinal);

        Assert.True(AuthorizationResponse.Parse("error=access_denied&error_description=The+user%0d%0asaid+no&state=xyz").TryGet(out var denied, out _));
        Assert.Equal(("access_denied", "The user said no", null), (denied.Error, denied.ErrorDescription, denied.Code));
    }

    [Theory]
    [InlineData(null, "state")]
    [InlineData("", "state")]
    [InlineData("code=a", "state")]
    [InlineData("state=a", "code")]
    [InlineData("state=a&code=", "code")]
    [InlineData("state=a&code=b&error=c", "code")]
    [InlineData("state=a&state=b&code=c", "state")]
    [InlineData("state=a&code=b&code=c", "code")]
    [InlineData("state=a&code=%ff", "query")]
    public void A_response_that_is_none_is_a_fault(string? query, string field) =>
        Assert.Equal(field, Assert.Single(AuthorizationResponse.Parse(query).Faults).Field);

    [Fact]
    public void Queries_from_anywhere_never_throw() => Gen.String.Sample(text => AuthorizationResponse.Parse($"state=a&code={text}") is var _);
}
