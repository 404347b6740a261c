using Patchbay.Vault;
using Xunit;

namespace Patchbay.UnitTests.Vault;

public sealed class RedactionTests
{
    [Theory]
    [InlineData("[redacted]", true)]
    [InlineData("[REDACTED]", false)]
    [InlineData("[redacted] ", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void Only_the_exact_placeholder_is_redacted(string? value, bool expected) => Assert.Equal(expected, Redaction.IsRedacted(value));
}
