using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;
using Patchbay.Functions.Child;
using Patchbay.Functions.Wire;

namespace Patchbay.Functions;

/// <summary>
/// The child's side: the process in which one script runs. It is the server's own program, started with a hidden command. It gives up
/// everything that a script must not have, and only then reads the script.
/// </summary>
public static class FunctionHost
{
    /// <summary>The hidden command, the program's first argument.</summary>
    public const string Command = "function-host";

    internal const string ProbeArgument = "probe";

    private const int ScriptStackBytes = 16 << 20;
    private const int Ended = 0;
    private const int Refused = 1;
    private const int LongestMessage = 64 * 1024;

    private const string TooLong = """{"error":"The request is too long."}""";

    // Made while there is memory.
    private static readonly byte[] OutOfMemory = JsonSerializer.SerializeToUtf8Bytes(new FailureMessage(FailureReason.Memory, Message: null, Line: null), WireJson.Default.FailureMessage);

    /// <summary>Whether the program was started as a child. To be asked before anything else is set up.</summary>
    /// <param name="arguments">The program's arguments.</param>
    public static bool IsMeant(IReadOnlyList<string> arguments) => arguments is [Command, ..];

    /// <summary>
    /// Serves one run over standard input and output, then returns. It changes the whole process for good, which therefore must not do
    /// anything else. Where it cannot confine the process, it does not take a run.
    /// </summary>
    /// <param name="arguments">The program's arguments: the command, processor seconds, bytes of memory.</param>
    /// <returns>The exit code.</returns>
    public static int Run(IReadOnlyList<string> arguments)
    {
        if (arguments is not [Command, var seconds, var bytes, ..]
            || !int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out var cpuSeconds)
            || !long.TryParse(bytes, NumberStyles.None, CultureInfo.InvariantCulture, out var memoryBytes))
        {
            return Refused;
        }

        var exitCode = Refused;
        // On a thread of its own, whose stack is of a known size.
        var thread = new Thread(() => exitCode = Serve(cpuSeconds, memoryBytes, probe: arguments.Contains(ProbeArgument, StringComparer.Ordinal)), ScriptStackBytes);
        thread.Start();
        thread.Join();
        return exitCode;
    }

    private static int Serve(int cpuSeconds, long memoryBytes, bool probe)
    {
        // 0 and 1 stay the process's own: what is disposed of here must not close them.
        using var inputHandle = new SafeFileHandle(0, ownsHandle: false);
        using var outputHandle = new SafeFileHandle(1, ownsHandle: false);
        using var input = new FileStream(inputHandle, FileAccess.Read, bufferSize: 0);
        using var output = new FileStream(outputHandle, FileAccess.Write, bufferSize: 0);
        var pipe = new FramePipe(input, output);

        var problem = Confinement.WhyNot ?? Confinement.CutTies(probe);
        if (problem is null)
        {
            WarmUp.Run();
            problem = Confinement.Seal(cpuSeconds, memoryBytes);
        }

        if (problem is not null)
        {
            pipe.Write(FrameKind.Report, Encoding.UTF8.GetBytes(problem));
            return Refused;
        }

        if (probe)
        {
            pipe.Write(FrameKind.Report, Encoding.UTF8.GetBytes(ConfinementProbe.Run(memoryBytes)));
            return Ended;
        }

        pipe.Write(FrameKind.Ready, []);
        if (pipe.Read(FrameKind.Run) is not { } content || WireJson.Read(content, WireJson.Default.RunMessage) is not { } run) return Refused;
        RunScript(run, pipe);
        return Ended;
    }

    private static void RunScript(RunMessage run, FramePipe pipe)
    {
        try
        {
            var outcome = ScriptEngine.Run(run.Source, run.Context, request => Send(request, pipe));
            if (outcome.Answer is { } answer && Encoding.UTF8.GetByteCount(answer) > FunctionLimits.LongestFrame)
                outcome = new ScriptOutcome(Answer: null, "What it returned is too long.");
            if (outcome.Answer is { } fitting) pipe.Write(FrameKind.Answer, Encoding.UTF8.GetBytes(fitting));
            else pipe.Write(FrameKind.Failure, Describe(outcome));
        }
        catch (OutOfMemoryException)
        {
            pipe.Write(FrameKind.Failure, OutOfMemory);
        }
    }

    // Not shortened: the server cuts secrets out, and would not know half of one.
    private static byte[] Describe(ScriptOutcome outcome)
    {
        var message = outcome.Error is { Length: <= LongestMessage } text ? text : "The error's text is too long.";
        return JsonSerializer.SerializeToUtf8Bytes(new FailureMessage(FailureReason.Script, message, outcome.Line), WireJson.Default.FailureMessage);
    }

    private static string Send(string request, FramePipe pipe)
    {
        var bytes = Encoding.UTF8.GetBytes(request);
        if (bytes.Length > FunctionLimits.LongestFrame) return TooLong;
        pipe.Write(FrameKind.Request, bytes);
        return pipe.Read(FrameKind.Response) is { } response ? Encoding.UTF8.GetString(response) : throw new EndOfStreamException();
    }
}
