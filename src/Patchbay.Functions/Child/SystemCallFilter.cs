using System.Runtime.InteropServices;

namespace Patchbay.Functions.Child;

/// <summary>
/// The system call filter (seccomp in filter mode): calls on the list pass, some only with certain arguments, and all others fail with
/// EPERM. It holds for every thread of the process, for those to come too, and cannot be taken off.
/// </summary>
internal static class SystemCallFilter
{
    private const ushort LoadWord = 0x20;
    private const ushort JumpIfEqual = 0x15;
    private const ushort JumpIfAnyBit = 0x45;
    private const ushort Return = 0x06;

    private const uint Allow = 0x7fff0000;
    private const uint Fail = 0x00050000;
    private const uint Kill = 0x80000000;

    private const uint NumberOffset = 0;
    private const uint ArchitectureOffset = 4;
    private const uint ArgumentsOffset = 16;

    private const uint X64 = 0xC000003E;
    private const uint Arm64 = 0xC00000B7;

    private const uint CloneThread = 0x00010000;
    private const uint SetName = 15;
    private const uint NameMemory = 0x53564d41;

    private const int SetModeFilter = 1;
    private const int ForAllThreads = 1;

    /// <summary>Puts the filter on.</summary>
    /// <returns>Null, or why it could not be done.</returns>
    public static unsafe string? Install()
    {
        var instructions = Build();
        fixed (SystemCall.FilterInstruction* first = instructions)
        {
            var program = new SystemCall.FilterProgram { Length = (ushort)instructions.Length, Instructions = first };
            var (answer, error) = SystemCall.Make(SystemCallTable.Seccomp.Here, SetModeFilter, ForAllThreads, (long)&program);
            return answer == 0 ? null : $"the kernel does not take a system call filter (error {(answer > 0 ? answer : error)})";
        }
    }

    private static SystemCall.FilterInstruction[] Build()
    {
        var program = new List<SystemCall.FilterInstruction>();

        // Numbers mean other calls under another architecture, which a process can switch to.
        Add(LoadWord, ArchitectureOffset);
        Add(JumpIfEqual, RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? Arm64 : X64, whenTrue: 1);
        Add(Return, Kill);

        Add(LoadWord, NumberOffset);
        foreach (var call in SystemCallTable.Allowed.Where(call => call.Here >= 0))
            Decide(call, [new(Return, Allow)]);

        // The C library then asks for a thread by clone, whose flags the filter can see.
        Decide(SystemCallTable.Clone3, [new(Return, Fail | SystemCall.NotImplemented)]);
        Decide(SystemCallTable.Clone,
        [
            new(LoadWord, Argument(0)), new(JumpIfAnyBit, CloneThread, WhenFalse: 1), new(Return, Allow), new(Return, Fail | SystemCall.NotPermitted),
        ]);
        // The runtime stops its own threads by signals, and ends itself by one.
        Decide(SystemCallTable.ThreadKill,
        [
            new(LoadWord, Argument(0)), new(JumpIfEqual, (uint)Environment.ProcessId, WhenFalse: 1), new(Return, Allow),
            new(Return, Fail | SystemCall.NotPermitted),
        ]);
        Decide(SystemCallTable.Prctl,
        [
            new(LoadWord, Argument(0)), new(JumpIfEqual, SetName, WhenTrue: 1), new(JumpIfEqual, NameMemory, WhenFalse: 1), new(Return, Allow),
            new(Return, Fail | SystemCall.NotPermitted),
        ]);
        // Each new thread of the runtime asks for all processors. It must not choose them for others.
        Decide(SystemCallTable.SetAffinity,
        [
            new(LoadWord, Argument(0)), new(JumpIfEqual, 0, WhenFalse: 1), new(Return, Allow), new(Return, Fail | SystemCall.NotPermitted),
        ]);
        // Reading its own limits, not setting any.
        Decide(SystemCallTable.ProcessLimit,
        [
            new(LoadWord, Argument(0)), new(JumpIfEqual, 0, WhenFalse: 5), new(LoadWord, Argument(2)), new(JumpIfEqual, 0, WhenFalse: 3),
            new(LoadWord, Argument(2) + 4), new(JumpIfEqual, 0, WhenFalse: 1), new(Return, Allow), new(Return, Fail | SystemCall.NotPermitted),
        ]);
        Add(Return, Fail | SystemCall.NotPermitted);
        return [.. program];

        void Decide(SystemCallNumber call, ReadOnlySpan<Step> steps)
        {
            Add(JumpIfEqual, (uint)call.Here, whenFalse: (byte)steps.Length);
            foreach (var step in steps)
                Add(step.Code, step.Operand, step.WhenTrue, step.WhenFalse);
        }

        void Add(ushort code, uint operand, byte whenTrue = 0, byte whenFalse = 0) =>
            program.Add(new SystemCall.FilterInstruction { Code = code, Operand = operand, JumpTrue = whenTrue, JumpFalse = whenFalse });
    }

    // The low half: both architectures are little-endian.
    private static uint Argument(uint index) => ArgumentsOffset + (8 * index);

    private sealed record Step(ushort Code, uint Operand, byte WhenTrue = 0, byte WhenFalse = 0);
}
