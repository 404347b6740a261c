using System.Diagnostics;
using System.Globalization;

namespace Patchbay.Functions;

/// <summary>How a child is started.</summary>
/// <param name="FileName">The program.</param>
/// <param name="Arguments">What comes before the hidden command: the assembly, where the program is <c>dotnet</c>.</param>
public sealed record FunctionHostProgram(string FileName, IReadOnlyList<string> Arguments)
{
    // What the runtime needs to be found, where it does not lie in the usual place.
    private static readonly string[] Inherited = ["DOTNET_ROOT", "DOTNET_BUNDLE_EXTRACT_BASE_DIR", "LD_LIBRARY_PATH"];

    /// <summary>The program that is running. It must ask <see cref="FunctionHost.IsMeant"/> at its start.</summary>
    public static FunctionHostProgram Current { get; } = OfThisProcess();

    internal ProcessStartInfo ToStartInfo(FunctionLimits limits, bool probe)
    {
        var start = new ProcessStartInfo(FileName, [.. Arguments, FunctionHost.Command,
            Math.Max(1, (long)Math.Ceiling(limits.Cpu.TotalSeconds)).ToString(CultureInfo.InvariantCulture),
            limits.MemoryBytes.ToString(CultureInfo.InvariantCulture),
            .. probe ? (string[])[FunctionHost.ProbeArgument] : []])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        };
        var inherited = Inherited.Select(name => (Name: name, Value: Environment.GetEnvironmentVariable(name))).Where(variable => variable.Value is not null).ToList();
        start.Environment.Clear();
        foreach (var (name, value) in inherited) start.Environment[name] = value;
        // A program in one file unpacks its native libraries here once; the place by default depends on HOME, which the child does not get.
        if (!start.Environment.ContainsKey("DOTNET_BUNDLE_EXTRACT_BASE_DIR") && Environment.GetEnvironmentVariable("HOME") is { Length: > 0 } home)
            start.Environment["DOTNET_BUNDLE_EXTRACT_BASE_DIR"] = Path.Combine(home, ".net");
        start.Environment["DOTNET_GCHeapHardLimit"] = limits.HeapBytes.ToString("x", CultureInfo.InvariantCulture);
        start.Environment["DOTNET_gcServer"] = "0";
        start.Environment["DOTNET_gcConcurrent"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        return start;
    }

    private static FunctionHostProgram OfThisProcess()
    {
        var program = Environment.ProcessPath ?? "";
        return string.Equals(Path.GetFileNameWithoutExtension(program), "dotnet", StringComparison.Ordinal)
            ? new FunctionHostProgram(program, [Path.GetFullPath(Environment.GetCommandLineArgs()[0])])
            : new FunctionHostProgram(program, []);
    }
}
