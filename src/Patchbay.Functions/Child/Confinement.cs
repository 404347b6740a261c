using System.Globalization;
using System.Runtime.InteropServices;

namespace Patchbay.Functions.Child;

/// <summary>
/// Takes from this process what a script must not have. Once on, nothing of it can be taken off, so that it holds for code that has broken
/// out of the script engine too.
/// </summary>
internal static class Confinement
{
    private const int NoNewPrivileges = 38;
    private const int ParentDeathSignal = 1;
    private const int Dumpable = 4;
    private const nuint Sigkill = 9;

    private const int CpuSeconds = 0;
    private const int FileSize = 1;
    private const int DataBytes = 2;
    private const int CoreSize = 4;
    private const int OpenFiles = 7;

    private const int SpareDescriptors = 32;

    private const int GetDescriptorFlags = 1;
    private const int CloseOnExec = 1;

    /// <summary>Why this machine cannot have a sandbox; null where it can.</summary>
    public static string? WhyNot =>
        !OperatingSystem.IsLinux() ? "the sandbox needs Linux"
        : RuntimeInformation.ProcessArchitecture is not (Architecture.X64 or Architecture.Arm64) ? "the sandbox needs an x86-64 or arm64 processor"
        : null;

    /// <summary>The part that comes first, while files can still be opened: cuts the ties to the server and what it inherited.</summary>
    /// <param name="probe">Whether this is but a proof, which is short, and for which a busy machine must not be taken for a leaky one.</param>
    /// <returns>Null, or what could not be done.</returns>
    public static string? CutTies(bool probe)
    {
        if (!probe && SchedulingGroup.LeaveTheServers() is { } problem) return problem;
        if (SystemCall.Prctl(NoNewPrivileges, 1, 0, 0, 0) != 0) return "privileges cannot be renounced";
        // The server starts children from a thread that lives as long as itself: the signal comes when the starting thread ends.
        if (SystemCall.Prctl(ParentDeathSignal, Sigkill, 0, 0, 0) != 0) return "the process cannot be bound to the server";

        using (var nowhere = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
        {
            if (SystemCall.Duplicate((int)nowhere.DangerousGetHandle(), 2) < 0) return "the error output cannot be closed";
        }

        // What survived the start of the program lacks the flag; what the runtime has opened since has it.
        foreach (var descriptor in Descriptors())
        {
            var flags = descriptor > 2 ? SystemCall.Fcntl(descriptor, GetDescriptorFlags, 0) : -1;
            if (flags >= 0 && (flags & CloseOnExec) == 0 && SystemCall.Close(descriptor) != 0) return "an inherited file cannot be closed";
        }

        OfferForMemory();
        return null;
    }

    // When memory is short, the kernel takes this process before the server. Not allowed everywhere, and no wall: its limit stands.
    private static void OfferForMemory()
    {
        try
        {
            File.WriteAllText("/proc/self/oom_score_adj", "1000");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return;
        }
    }

    /// <summary>
    /// The rest, when everything that is needed is loaded: limits and the filter. From here on nothing can be opened, and no process started.
    /// </summary>
    /// <param name="cpuSeconds">Processor seconds from now on.</param>
    /// <param name="memoryBytes">Writable memory beyond what is in use now.</param>
    /// <returns>Null, or what could not be done.</returns>
    public static string? Seal(int cpuSeconds, long memoryBytes)
    {
        var used = (ulong)Math.Ceiling(Environment.CpuUsage.TotalTime.TotalSeconds);
        var statm = File.ReadAllText("/proc/self/statm").Split(' ');
        var data = long.Parse(statm[5], CultureInfo.InvariantCulture) * Environment.SystemPageSize;

        return Limit(CoreSize, 0, "core dumps")
            ?? Limit(FileSize, 0, "written files")
            ?? Limit(CpuSeconds, used + (ulong)cpuSeconds, "processor time", grace: 1)
            ?? Limit(DataBytes, (ulong)(data + memoryBytes), "memory")
            // The filter lets no descriptor be made but those of pipes, of which the runtime makes one for each thread.
            ?? Limit(OpenFiles, (ulong)Descriptors().Max() + SpareDescriptors, "open files")
            // Nobody else under the same account may look into it.
            ?? (SystemCall.Prctl(Dumpable, 0, 0, 0, 0) == 0 ? null : "the process cannot be closed to debuggers")
            ?? SystemCallFilter.Install();

        static string? Limit(int resource, ulong value, string what, ulong grace = 0) =>
            SystemCall.SetLimit(resource, new SystemCall.Limit { Soft = value, Hard = value + grace }) == 0 ? null : $"{what} cannot be limited";
    }

    private static List<int> Descriptors() =>
        [.. Directory.GetFiles("/proc/self/fd").Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture))];
}
