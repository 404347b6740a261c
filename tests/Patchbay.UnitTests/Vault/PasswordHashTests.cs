using Patchbay.Vault;
using Xunit;

namespace Patchbay.UnitTests.Vault;

public sealed class PasswordHashTests
{
    /// <summary>Made by the reference program: <c>echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1 -l 32</c>, from the tests of the reference implementation.</summary>
    private const string OfReference = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

    [Fact]
    public void A_hash_of_the_reference_implementation_is_known()
    {
        Assert.True(PasswordHash.IsOf(OfReference, "password"));
        Assert.False(PasswordHash.IsOf(OfReference, "Password"));
        Assert.False(PasswordHash.IsOf(OfReference, ""));
    }

    [Fact]
    public void A_password_has_another_hash_each_time()
    {
        var (one, other) = (PasswordHash.Of("é password"), PasswordHash.Of("é password"));
        Assert.NotEqual(one, other);
        Assert.StartsWith("$argon2id$v=19$m=65536,t=3,p=4$", one, StringComparison.Ordinal);
        Assert.True(PasswordHash.IsOf(one, "é password"));
        Assert.True(PasswordHash.IsOf(other, "é password"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("password")]
    [InlineData("$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")]
    [InlineData("$argon2id$v=16$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")]
    [InlineData("$argon2id$v=19$m=2000000000,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")]
    [InlineData("$argon2id$v=19$m=8,t=2,p=64$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")]
    [InlineData("$argon2id$v=19$m=65536,t=2,p=1$$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc")]
    [InlineData("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$c29t")]
    [InlineData("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$!!!!")]
    public void What_is_no_hash_is_nobodys(string text)
    {
        Assert.False(PasswordHash.IsOne(text));
        Assert.False(PasswordHash.IsOf(text, "password"));
    }
}
