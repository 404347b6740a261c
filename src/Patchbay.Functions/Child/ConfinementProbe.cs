using System.Text;

namespace Patchbay.Functions.Child;

/// <summary>Tries, in a process that is confined, what it must not be able to do.</summary>
internal static class ConfinementProbe
{
    private const long AnyAddress = 0;
    private const long ReadWrite = 3;
    private const long PrivateAnonymous = 0x22;
    private const int SignalOfChild = 17;

    /// <summary>Tries everything.</summary>
    /// <param name="memoryBytes">The limit that was set.</param>
    /// <returns>What it could do, one a line; empty where the sandbox holds.</returns>
    public static string Run(long memoryBytes)
    {
        var possible = new StringBuilder();
        foreach (var call in SystemCallTable.Refused.Where(call => call.Here >= 0))
        {
            // Without arguments none of these does harm where it gets through, and getting through shows by any other error.
            var (answer, error) = SystemCall.Make(call.Here);
            EndIfForked(call, answer);
            Note(call.Name, answer == -1 && error == SystemCall.NotPermitted);
        }

        var (fork, forkError) = SystemCall.Make(SystemCallTable.Clone.Here, SignalOfChild);
        EndIfForked(SystemCallTable.Clone, fork);
        Note("fork by clone", fork == -1 && forkError == SystemCall.NotPermitted);
        Note("clone3", SystemCall.Make(SystemCallTable.Clone3.Here) is (-1, SystemCall.NotImplemented));
        Note("signals to others", SystemCall.Make(SystemCallTable.ThreadKill.Here, 1, 1) is (-1, SystemCall.NotPermitted));
        Note("processors of others", SystemCall.Make(SystemCallTable.SetAffinity.Here, 1) is (-1, SystemCall.NotPermitted));
        Note("taking limits off", LiftLimit());
        Note("prctl", SystemCall.Prctl(4, 1, 0, 0, 0) == -1);
        Note("memory over the limit", SystemCall.Make(SystemCallTable.Map.Here, AnyAddress, memoryBytes + (16 << 20), ReadWrite, PrivateAnonymous, -1).Answer == -1);
        Note("files by way of the runtime", !CanRead("/proc/self/status"));
        if (!CanStartThread()) possible.Append("no new threads\n");
        return possible.ToString();

        void Note(string what, bool refused)
        {
            if (!refused) possible.Append(what).Append('\n');
        }
    }

    private static unsafe bool LiftLimit()
    {
        var limit = new SystemCall.Limit { Soft = ulong.MaxValue, Hard = ulong.MaxValue };
        return SystemCall.Make(SystemCallTable.ProcessLimit.Here, 0, 0, (long)&limit) is (-1, SystemCall.NotPermitted);
    }

    // Where a fork does get through, this is the new process: it must not go on as a second child.
    private static void EndIfForked(SystemCallNumber call, long answer)
    {
        if (answer == 0 && call.Name is "fork" or "vfork" or "clone") SystemCall.Make(SystemCallTable.ExitGroup.Here);
    }

    // What the runtime needs must still work, or scripts would fail for no reason of theirs.
    private static bool CanStartThread()
    {
        try
        {
            var thread = new Thread(static () => { });
            thread.Start();
            thread.Join();
            return true;
        }
        catch (OutOfMemoryException)
        {
            return false;
        }
    }

    private static bool CanRead(string path)
    {
        try
        {
            return File.ReadAllText(path).Length > 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
