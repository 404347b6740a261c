using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace Patchbay.Bench.Importing;

/// <summary>
/// The import of one description through a server as it is shipped, in a process of its own: the time of the request, the most memory that the
/// process ever took, and what a page of the actions costs afterwards. The processor time says the same on a machine that is busy otherwise.
/// </summary>
internal sealed class ServerImport(BenchOptions options)
{
    private const int PageSize = 20;
    private const int Pages = 200;

    private readonly int _rounds = options.Rounds ?? (options.Quick ? 1 : 3);

    public async Task RunAsync(string file)
    {
        Report.Heading("Import of a description through the server");
        var document = await File.ReadAllBytesAsync(file);
        for (var round = 0; round < _rounds; round++) await MeasureAsync(Path.GetFileName(file), document);
    }

    /// <summary>A fresh server each time: its first import is what people wait for.</summary>
    private static async Task MeasureAsync(string name, byte[] document)
    {
        var folder = Directory.CreateTempSubdirectory("patchbay-bench-");
        var port = ChildProcess.FreePort();
        await using (var process = await ChildProcess.StartProgramAsync("patchbay", port, "--urls", ChildProcess.UrlOf(port), "--data-dir", folder.FullName))
        {
            var operatorKey = (await File.ReadAllTextAsync(Path.Combine(folder.FullName, "operator.key"))).Trim();
            using var client = new Client(process.Url, operatorKey);
            var organisation = await client.PostAsync("/api/organisations/v1/organisations", JsonContent.Create(new { slug = "bench", displayName = "Bench" }));
            var api = $"/api/connect/v1/o/{organisation.GetProperty("id").GetString()}";
            var idle = process.PeakMemory;

            using var upload = new MultipartFormDataContent
            {
                { new ByteArrayContent(document), "file", name },
                { new StringContent("""{"format":"openapi"}"""), "metadata" },
            };
            var (start, busy) = (Stopwatch.GetTimestamp(), process.ProcessorTime);
            var imported = await client.PostAsync($"{api}/protocols/http/import", upload);
            var (time, processor) = (Stopwatch.GetElapsedTime(start), process.ProcessorTime - busy);

            var connector = imported.GetProperty("connector");
            var version = connector.GetProperty("versions")[0].GetProperty("name").GetString()!;
            var list = $"{api}/connectors/{connector.GetProperty("id").GetString()}/versions/{Uri.EscapeDataString(version)}/actions?first={PageSize}";
            await TimePagesAsync(client, list);
            busy = process.ProcessorTime;
            var pages = Spread.Of(await TimePagesAsync(client, list));
            var ofPage = (process.ProcessorTime - busy).TotalMilliseconds / Pages;
            Report.Line($"  {name}: {document.Length / 1048576.0:F1} MB, {imported.GetProperty("actions").GetArrayLength()} actions: {time.TotalSeconds:F2} s ({processor.TotalSeconds:F2} s of processor time), peak memory {process.PeakMemory / 1048576.0:F0} MB ({idle / 1048576.0:F0} MB before); a page of {PageSize} actions {pages.Median:F1} ms ({pages.Lowest:F1} to {pages.Highest:F1}; {ofPage:F1} ms of processor time)");
        }

        folder.Delete(recursive: true);
    }

    /// <summary>Walks the list from its beginning, again and again. The first walk compiles what the next one uses.</summary>
    private static async Task<List<double>> TimePagesAsync(Client client, string list)
    {
        var times = new List<double>();
        string? after = null;
        for (var page = 0; page < Pages; page++)
        {
            var start = Stopwatch.GetTimestamp();
            var json = await client.GetAsync(after is null ? list : $"{list}&after={Uri.EscapeDataString(after)}");
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            after = json.TryGetProperty("next", out var next) ? next.GetString() : null;
        }

        return times;
    }

    private sealed class Client(string url, string key) : IDisposable
    {
        private readonly HttpMessageInvoker _invoker = new(new SocketsHttpHandler());

        public Task<JsonElement> GetAsync(string path) => SendAsync(HttpMethod.Get, path, content: null);

        public Task<JsonElement> PostAsync(string path, HttpContent content) => SendAsync(HttpMethod.Post, path, content);

        public void Dispose() => _invoker.Dispose();

        private async Task<JsonElement> SendAsync(HttpMethod method, string path, HttpContent? content)
        {
            using var request = new HttpRequestMessage(method, url + path) { Content = content };
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
            using var response = await _invoker.SendAsync(request, CancellationToken.None);
            var text = await response.Content.ReadAsByteArrayAsync();
            if (!response.IsSuccessStatusCode)
                throw new InvalidOperationException($"{path}: {response.StatusCode} {Encoding.UTF8.GetString(text)}");
            using var json = JsonDocument.Parse(text);
            return json.RootElement.Clone();
        }
    }
}
