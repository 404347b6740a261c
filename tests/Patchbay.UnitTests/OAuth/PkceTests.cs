using Patchbay.OAuth.Authorization;
using Patchbay.OAuth.Profiles;
using Xunit;

namespace Patchbay.UnitTests.OAuth;

public sealed class PkceTests
{
    [Fact]
    public void The_example_of_the_rfc_comes_out() =>
        // RFC 7636, appendix B
        Assert.Equal("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", Pkce.ChallengeOf("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", PkceMethod.S256));

    [Fact]
    public void Verifiers_and_states_are_long_random_and_of_the_allowed_characters()
    {
        var made = Enumerable.Range(0, 200).SelectMany(_ => new[] { Pkce.Create(PkceMethod.S256)!.Verifier, AuthorizationState.Create() }).ToList();
        Assert.All(made, text => Assert.Matches("^[A-Za-z0-9_-]{43}$", text));
        Assert.Equal(made.Count, made.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Plain_shows_the_verifier_itself_and_off_makes_none()
    {
        var plain = Pkce.Create(PkceMethod.Plain)!;
        Assert.Equal(plain.Verifier, plain.Challenge);
        Assert.Null(Pkce.Create(PkceMethod.Off));
        Assert.DoesNotContain(plain.Verifier, plain.ToString(), StringComparison.Ordinal);
    }
}
