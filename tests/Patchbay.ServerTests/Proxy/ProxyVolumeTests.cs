using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Xunit;

namespace Patchbay.ServerTests.Proxy;

/// <summary>Bodies far larger than the memory that they may take. With PATCHBAY_TESTS_FULL=1 they have a gigabyte.</summary>
public sealed class ProxyVolumeTests
{
    private const long Megabyte = 1024 * 1024;

    /// <summary>What the server's memory may grow by: a small part of the body, and the same for any size of it.</summary>
    private const long MayGrow = 40 * Megabyte;

    private static readonly long Size = Environment.GetEnvironmentVariable("PATCHBAY_TESTS_FULL") == "1" ? 1024 * Megabyte : 128 * Megabyte;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_large_body_passes_each_way_whole_while_the_servers_memory_stays_flat(bool chunked)
    {
        await using var upstream = new ScriptedUpstream(async exchange =>
        {
            if (exchange.Head.StartLine.StartsWith("POST", StringComparison.Ordinal))
            {
                var digest = await Pattern.ReadAsync(exchange.Reader, exchange.Head["Transfer-Encoding"] is not null, long.Parse(exchange.Head["X-Size"]!, CultureInfo.InvariantCulture));
                await exchange.WriteAsync(ScriptedUpstream.Ok(digest ? "whole" : "damaged"));
                return;
            }

            var size = long.Parse(exchange.Head["X-Size"]!, CultureInfo.InvariantCulture);
            await exchange.WriteAsync($"HTTP/1.1 200 OK\r\n{Pattern.Frame(chunked, size)}\r\n\r\n");
            await Pattern.WriteAsync(exchange.WriteAsync, chunked, size);
        });
        await using var process = await LoneServer.StartAsync();
        var path = await process.ConnectAsync(upstream.Url);

        await PassAsync(process, path, chunked, 8 * Megabyte);
        var before = process.PeakMemory;
        await PassAsync(process, path, chunked, Size);
        var grown = process.PeakMemory - before;

        TestContext.Current.SendDiagnosticMessage($"{Size / Megabyte} MB each way, {(chunked ? "chunked" : "of known length")}: memory grew by {grown / Megabyte} MB");
        Assert.True(grown < MayGrow, $"{Size / Megabyte} MB made the server's memory grow by {grown / Megabyte} MB");
    }

    private static async Task PassAsync(LoneServer process, string path, bool chunked, long size)
    {
        await using (var caller = await RawConnection.OpenAsync(process.Port))
        {
            await caller.SendAsync(RawConnection.Head("POST", $"{path}/up", process.Authorization, $"X-Size: {size}", Pattern.Frame(chunked, size)));
            await Pattern.WriteAsync(caller.SendAsync, chunked, size);
            Assert.Equal("whole", (await caller.ReadAnswerAsync()).IsForeign(200).Text);
        }

        await using (var caller = await RawConnection.OpenAsync(process.Port))
        {
            await caller.SendAsync(RawConnection.Head("GET", $"{path}/down", process.Authorization, $"X-Size: {size}"));
            Assert.Equal(200, (await caller.ReadHeadAsync()).Status);
            Assert.True(await Pattern.ReadAsync(caller.Reader, chunked, size), "the body was damaged");
        }
    }

    /// <summary>A body that tells at each place whether it is the right one, without being kept.</summary>
    private static class Pattern
    {
        private const int Piece = 64 * 1024;

        public static string Frame(bool chunked, long size) => chunked ? "Transfer-Encoding: chunked" : $"Content-Length: {size}";

        public static async Task WriteAsync(Func<ReadOnlyMemory<byte>, Task> write, bool chunked, long size)
        {
            var piece = new byte[Piece];
            for (long at = 0; at < size; at += Piece)
            {
                Fill(piece, at);
                if (chunked)
                    await write("10000\r\n"u8.ToArray());
                await write(piece);
                if (chunked)
                    await write("\r\n"u8.ToArray());
            }

            if (chunked)
                await write("0\r\n\r\n"u8.ToArray());
        }

        public static async Task<bool> ReadAsync(RawReader reader, bool chunked, long size)
        {
            var expected = new byte[Piece];
            var (at, whole, left) = (0L, true, chunked ? 0 : size);
            while (true)
            {
                if (chunked && left == 0)
                {
                    left = await reader.ReadChunkSizeAsync();
                    if (left == 0)
                        return whole && at == size;
                }

                var part = await reader.ReadPartAsync((int)Math.Min(left, Piece - at % Piece));
                Fill(expected, at - at % Piece);
                whole &= part.Span.SequenceEqual(expected.AsSpan((int)(at % Piece), part.Length));
                at += part.Length;
                left -= part.Length;
                if (chunked && left == 0)
                    await reader.ReadAsync(2);
                else if (!chunked && left == 0)
                    return whole;
            }
        }

        private static void Fill(Span<byte> piece, long at)
        {
            piece.Fill((byte)(at / Piece * 31));
            BitConverter.TryWriteBytes(piece, at);
        }
    }

    /// <summary>The server in a process of its own, so that its memory is nobody else's.</summary>
    private sealed class LoneServer : IAsyncDisposable
    {
        private const string OperatorKey = "op_the_operator_of_the_proxy_tests_";

        private readonly Process _process;
        private readonly DirectoryInfo _folder;

        private LoneServer(Process process, DirectoryInfo folder, int port) => (_process, _folder, Port) = (process, folder, port);

        public int Port { get; }

        public string Authorization { get; private set; } = "";

        public long PeakMemory
        {
            get
            {
                _process.Refresh();
                return _process.PeakWorkingSet64;
            }
        }

        public static async Task<LoneServer> StartAsync()
        {
            var folder = Directory.CreateTempSubdirectory("patchbay-volume-tests-");
            var start = new ProcessStartInfo("dotnet", [
                "exec", Path.Combine(AppContext.BaseDirectory, "patchbay.dll"),
                "--urls", "http://127.0.0.1:0", "--data-dir", folder.FullName, "--allow-network", "127.0.0.0/8",
            ])
            { RedirectStandardOutput = true, UseShellExecute = false };
            start.Environment["PATCHBAY_OPERATOR_KEY"] = OperatorKey;
            var process = Process.Start(start)!;
            while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            {
                if (line.StartsWith("Patchbay is ready at ", StringComparison.Ordinal))
                {
                    _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                    return new LoneServer(process, folder, new Uri(line["Patchbay is ready at ".Length..]).Port);
                }
            }

            throw new InvalidOperationException("The server ended before it was ready.");
        }

        /// <summary>The path of a connection to an API.</summary>
        public async Task<string> ConnectAsync(string upstream)
        {
            var organisation = await PostAsync("/api/organisations/v1/organisations", OperatorKey, """{"slug":"volume","displayName":"Volume"}""", "id");
            var key = await PostAsync($"/api/organisations/v1/organisations/{organisation}/api-keys", OperatorKey, """{"name":"tests"}""", "key");
            var connector = await PostAsync($"/api/connect/v1/o/{organisation}/protocols/http/connectors", key,
                $$"""{"name":"Volume","baseUrl":"{{upstream}}","authSchemeConfigs":[]}""", "id");
            var connection = await PostAsync($"/api/connect/v1/o/{organisation}/connectors/{connector}/connections", key, """{"name":"volume","credentials":{},"variables":[]}""", "id");
            Authorization = $"Authorization: Bearer {key}";
            return $"/api/proxy/{connection}";
        }

        public async ValueTask DisposeAsync()
        {
            _process.Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
            _process.Dispose();
            _folder.Delete(recursive: true);
        }

        private async Task<string> PostAsync(string path, string key, string json, string member)
        {
            var head = RawConnection.Head("POST", path, $"Authorization: Bearer {key}", "Content-Type: application/json", $"Content-Length: {json.Length}");
            var answer = await RawConnection.ExchangeAsync(Port, head + json, "POST");
            Assert.InRange(answer.Status, 200, 201);
            return JsonNode.Parse(answer.Text)![member]!.GetValue<string>();
        }
    }
}
