using System.ComponentModel;
using System.Diagnostics;
using Patchbay.Functions.Wire;

namespace Patchbay.Functions.Parent;

/// <summary>One child, from the server's side. Disposing of it ends it.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Stream _input;
    private readonly Stream _output;

    private ChildProcess(Process process)
    {
        _process = process;
        _input = process.StandardInput.BaseStream;
        _output = process.StandardOutput.BaseStream;
    }

    /// <summary>Whether it has ended by itself.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Processor time that it has used since its start.</summary>
    public TimeSpan CpuTime => Measure(static process => process.TotalProcessorTime);

    /// <summary>Memory that it holds, in bytes.</summary>
    public long ResidentBytes => Measure(static process => process.WorkingSet64);

    /// <summary>Starts one.</summary>
    /// <returns>The child, or null where the program cannot be started.</returns>
    public static async Task<ChildProcess?> StartAsync(FunctionHostProgram program, FunctionLimits limits, bool probe) =>
        await ChildStarter.StartAsync(program.ToStartInfo(limits, probe), behindOthers: !probe) is { } process ? new ChildProcess(process) : null;

    /// <summary>Sends a frame.</summary>
    /// <returns>Whether it went out; the child may be gone.</returns>
    public async Task<bool> WriteAsync(FrameKind kind, byte[] content, CancellationToken cancellationToken)
    {
        try
        {
            await _input.WriteAsync(new Frame(kind, content).ToBytes(), cancellationToken);
            await _input.FlushAsync(cancellationToken);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Waits for a frame; ends when the child does.</summary>
    /// <returns>The frame, or null where the child ended or sent what is no frame.</returns>
    public async Task<Frame?> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var header = new byte[Frame.HeaderLength];
            if (await _output.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken) < header.Length) return null;
            if (!Frame.TryReadHeader(header, FunctionLimits.LongestFrame, out var kind, out var length)) return null;
            var content = new byte[length];
            return await _output.ReadAtLeastAsync(content, length, throwOnEndOfStream: false, cancellationToken) == length ? new Frame(kind, content) : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Ends it at once. Whoever reads from it or writes to it comes back.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception)
        {
            // It has ended already.
        }
    }

    /// <summary>Waits until it has ended.</summary>
    /// <returns>Its exit code; where a signal ended it, 128 and the signal.</returns>
    public async Task<int> ExitAsync()
    {
        await _process.WaitForExitAsync(CancellationToken.None);
        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Kill();
        await _process.WaitForExitAsync(CancellationToken.None);
        await _input.DisposeAsync();
        await _output.DisposeAsync();
        _process.Dispose();
    }

    private T Measure<T>(Func<Process, T> read)
        where T : struct
    {
        try
        {
            _process.Refresh();
            return read(_process);
        }
        catch (Exception e) when (e is InvalidOperationException or Win32Exception or IOException)
        {
            return default;
        }
    }
}
