using Xunit;

namespace Patchbay.UnitTests.Importing;

internal static class Lines
{
    /// <summary>Compares two lists of texts as one text each, which shows where they part.</summary>
    public static void AssertEqual(IEnumerable<string?> expected, IEnumerable<string?> actual) =>
        Assert.Equal(string.Join('\n', expected), string.Join('\n', actual));
}
