namespace Patchbay.Functions.Child;

/// <summary>
/// Where the kernel shares processors out among sessions first and then within each (autogroup), a script in the server's session spends the
/// server's own share, however low its priority: requests then wait for whole slices of strangers. So the child gets a session of its own,
/// which comes last among all.
/// </summary>
internal static class SchedulingGroup
{
    private const string Enabled = "/proc/sys/kernel/sched_autogroup_enabled";
    private const string Own = "/proc/self/autogroup";
    private const string LowestPriority = "19";
    private const int Attempts = 250;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>Leaves the server's session.</summary>
    /// <returns>Null, or what could not be done.</returns>
    public static string? LeaveTheServers()
    {
        if (!File.Exists(Enabled) || File.ReadAllText(Enabled).Trim() != "1") return null;
        if (SystemCall.SetSession() < 0) return "the process cannot have a session of its own";
        // The kernel takes one such change every 100 ms from all who are not root, and the new session has a full share until then.
        using var never = new ManualResetEventSlim();
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            try
            {
                File.WriteAllText(Own, LowestPriority);
                return null;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                never.Wait(Pause);
            }
        }

        return "the process cannot be put behind others";
    }
}
