using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Patchbay.Functions.Parent;

/// <summary>
/// Starts all children from one thread, which never ends: the kernel ends a child when the thread that started it ends, and threads of the
/// pool come and go.
/// </summary>
internal static partial class ChildStarter
{
    // SCHED_IDLE of Linux.
    private const int IdlePolicy = 5;

    private static readonly BlockingCollection<(ProcessStartInfo Start, bool BehindOthers, TaskCompletionSource<Process?> Started)> Orders = [];

    static ChildStarter() => new Thread(Work) { IsBackground = true, Name = "Function children" }.Start();

    /// <summary>
    /// Starts a process, and where it is to come behind others one that gets what processor time they leave, and gives it back at once. The
    /// lowest nice value would not do: such a process still gets whole slices, for which requests wait.
    /// </summary>
    /// <returns>The process, or null where it cannot be started.</returns>
    public static Task<Process?> StartAsync(ProcessStartInfo start, bool behindOthers)
    {
        var started = new TaskCompletionSource<Process?>(TaskCreationOptions.RunContinuationsAsynchronously);
        Orders.Add((start, behindOthers, started));
        return started.Task;
    }

    private static void Work()
    {
        foreach (var (start, behindOthers, started) in Orders.GetConsumingEnumerable())
        {
            try
            {
                started.SetResult(Start(start, behindOthers));
            }
            catch (Exception e) when (e is Win32Exception or IOException or UnauthorizedAccessException)
            {
                started.SetResult(null);
            }
        }
    }

    private static Process? Start(ProcessStartInfo start, bool behindOthers)
    {
        var process = Process.Start(start);
        if (!behindOthers) return process;
        try
        {
            // Before it has any thread but its first, from which others inherit: starting up costs the server nothing that it needs itself.
            process?.PriorityClass = ProcessPriorityClass.Idle;
            if (process is not null && OperatingSystem.IsLinux()) _ = SetScheduler(process.Id, IdlePolicy, 0);
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException)
        {
            // It has ended already, which shows when it is read from.
        }

        return process;
    }

    // Where it is refused, the nice value is left. The last is a structure of this one member.
    [LibraryImport("libc", EntryPoint = "sched_setscheduler")]
    private static partial int SetScheduler(int process, int policy, in int priority);
}
