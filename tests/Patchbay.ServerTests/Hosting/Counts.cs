namespace Patchbay.ServerTests.Hosting;

/// <summary>How often a test that samples repeats itself: a few times by default, as often as promised with <c>PATCHBAY_TESTS_FULL=1</c>.</summary>
public static class Counts
{
    public static bool Full { get; } = Environment.GetEnvironmentVariable("PATCHBAY_TESTS_FULL") == "1";

    public static int Of(int reduced, int full) => Full ? full : reduced;
}
