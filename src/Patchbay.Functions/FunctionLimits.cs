namespace Patchbay.Functions;

/// <summary>What one run may use. The defaults are for scripts that sign, exchange and ask for a token.</summary>
public sealed record FunctionLimits
{
    // Every text within its own limit fits in, even where JSON writes six bytes for each of its characters.
    internal const int LongestFrame = 4 << 20;

    /// <summary>Processor time of one run, whole seconds from 1. The kernel ends the process.</summary>
    public TimeSpan Cpu { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Time from start to end of one run, the requests of the script included; waiting for a turn is not.</summary>
    public TimeSpan Wall { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>The script's heap in bytes; the runtime keeps to it.</summary>
    public long HeapBytes { get; init; } = 64L << 20;

    /// <summary>Writable memory in bytes that the process may take beyond what it had when it was ready; the kernel keeps to it.</summary>
    public long MemoryBytes { get; init; } = 128L << 20;

    /// <summary>Memory of the process in bytes over which the server ends it, the runtime itself included.</summary>
    public long ResidentBytes { get; init; } = 256L << 20;

    /// <summary>Requests of one run.</summary>
    public int Requests { get; init; } = 10;

    /// <summary>Bytes of one request's body, and of one response's.</summary>
    public int BodyBytes { get; init; } = 256 * 1024;
}

/// <summary>How many runs there are at once, and how many wait. A run that finds no place to wait fails at once.</summary>
public sealed record FunctionQueueLimits
{
    /// <summary>Runs at once. Default: one for each processor.</summary>
    public int Running { get; init; } = Environment.ProcessorCount;

    /// <summary>Runs at once of one owner.</summary>
    public int RunningPerOwner { get; init; } = 1;

    /// <summary>Runs that wait.</summary>
    public int Waiting { get; init; } = 256;

    /// <summary>Runs of one owner that wait.</summary>
    public int WaitingPerOwner { get; init; } = 16;
}
