using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Patchbay.Bench;

/// <summary>A server in a process of its own, so that no measured one shares a heap or a thread pool with another.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private ChildProcess(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    public string Url => UrlOf(Port);

    /// <summary>The processor time that it has used so far, in the kernel too.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>The most memory that it ever had, in bytes.</summary>
    public long PeakMemory
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

    public static string UrlOf(int port) => $"http://127.0.0.1:{port}";

    /// <summary>A port of the loopback interface that nobody listens on just now.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>Starts one of our own programs.</summary>
    public static Task<ChildProcess> StartProgramAsync(string assembly, int port, params string[] arguments) =>
        StartAsync("dotnet", port, ["exec", Path.Combine(AppContext.BaseDirectory, $"{assembly}.dll"), .. arguments]);

    /// <summary>Starts a program and waits until it takes connections.</summary>
    /// <exception cref="InvalidOperationException">It ended, or did not listen in time.</exception>
    public static async Task<ChildProcess> StartAsync(string program, int port, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        var process = Process.Start(start)!;
        var errors = new Queue<string>();
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) =>
        {
            lock (errors)
                errors.Enqueue(line.Data ?? "");
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var child = new ChildProcess(process, port);
        var waiting = Stopwatch.StartNew();
        while (!await ListensAsync(port))
        {
            if (process.HasExited || waiting.Elapsed > StartTimeout)
            {
                await child.DisposeAsync();
                lock (errors)
                    throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} did not start: {string.Join(Environment.NewLine, errors)}");
            }

            await Task.Delay(50);
        }

        return child;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
            _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static async Task<bool> ListensAsync(int port)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
