using System.Runtime.InteropServices;

namespace Patchbay.Functions.Child;

/// <summary>The calls of Linux that make the sandbox, and those that it is tried with.</summary>
internal static partial class SystemCall
{
    public const int NotPermitted = 1;
    public const int NotImplemented = 38;

    [StructLayout(LayoutKind.Sequential)]
    public struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct FilterInstruction
    {
        public ushort Code;
        public byte JumpTrue;
        public byte JumpFalse;
        public uint Operand;
    }

    [StructLayout(LayoutKind.Sequential)]
    public unsafe struct FilterProgram
    {
        public ushort Length;
        public FilterInstruction* Instructions;
    }

    /// <summary>Makes a call by its number.</summary>
    /// <returns>Its answer, and the error's number where the answer is -1.</returns>
    public static (long Answer, int Error) Make(int number, long first = 0, long second = 0, long third = 0, long fourth = 0, long fifth = 0)
    {
        var answer = Raw(number, first, second, third, fourth, fifth, 0);
        return (answer, answer == -1 ? Marshal.GetLastPInvokeError() : 0);
    }

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    public static partial int Prctl(int option, nuint second, nuint third, nuint fourth, nuint fifth);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    public static partial int SetLimit(int resource, in Limit limit);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Fcntl(int descriptor, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "dup2", SetLastError = true)]
    public static partial int Duplicate(int from, int to);

    [LibraryImport("libc", EntryPoint = "setsid", SetLastError = true)]
    public static partial int SetSession();

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial long Raw(nint number, long first, long second, long third, long fourth, long fifth, long sixth);
}
