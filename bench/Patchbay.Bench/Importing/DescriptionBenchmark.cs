using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Patchbay.Importing;
using YamlDotNet.Core;

namespace Patchbay.Bench.Importing;

/// <summary>
/// The import of a description against the bare reading of its text, in pairs. The ratio says what a description costs beyond its size;
/// 1x, 2x and 4x of one description say whether that grows with the size.
/// </summary>
internal sealed class DescriptionBenchmark(BenchOptions options)
{
    private const int Operations = 500;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(2);

    private const string Corpus = "../shared/corpus/openapi";

    private readonly int _rounds = options.Rounds ?? (options.Quick ? 5 : 15);

    public async Task RunAsync()
    {
        Report.Heading("Import of a description");
        foreach (var times in (int[])[1, 2, 4])
        {
            var document = SyntheticDescription.Of(times * Operations);
            var file = Path.Combine(Path.GetTempPath(), $"patchbay-bench-{Environment.ProcessId}-{times}.json");
            await File.WriteAllBytesAsync(file, document);
            await MeasureAsync($"synthetic {times}x", file, document);
            File.Delete(file);
        }

        if (options.Description is { } description)
        {
            await MeasureAsync(Path.GetFileName(description), description, await File.ReadAllBytesAsync(description));
            await new ServerImport(options).RunAsync(description);
            return;
        }

        if (!Directory.Exists(Corpus))
        {
            Report.Line($"There is no corpus at {Corpus} beside the repository: no real descriptions.");
            return;
        }

        foreach (var file in Directory.EnumerateFiles(Corpus).Order(StringComparer.Ordinal))
            await MeasureAsync(Path.GetFileName(file), file, await File.ReadAllBytesAsync(file));
    }

    /// <summary>Imports a file in this process, once a small description has been, and prints how far its memory grew.</summary>
    public static async Task ImportOnceAsync(string file)
    {
        DescriptionImporter.Import(SyntheticDescription.Of(20), ImportOptions.Default);
        var document = await File.ReadAllBytesAsync(file);
        using var self = Process.GetCurrentProcess();
        var before = self.PeakWorkingSet64;
        var result = DescriptionImporter.Import(document, ImportOptions.Default);
        self.Refresh();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{self.PeakWorkingSet64 - before}"));
        GC.KeepAlive(result);
    }

    private async Task MeasureAsync(string name, string file, byte[] document)
    {
        var result = DescriptionImporter.Import(document, ImportOptions.Default);
        if (result.Connector is not { } connector)
        {
            Report.Line($"  {name,-28} is not imported: {result.Messages[^1].Text}");
            return;
        }

        var yaml = !file.EndsWith(".json", StringComparison.Ordinal);
        var imports = new List<double>();
        var ratios = new List<double>();
        // Compiled in earnest before anything counts.
        for (var warming = Stopwatch.StartNew(); warming.Elapsed < WarmUp;)
        {
            DescriptionImporter.Import(document, ImportOptions.Default);
            Read(document, yaml);
        }

        for (var round = 0; round < _rounds; round++)
        {
            var import = Time(() => DescriptionImporter.Import(document, ImportOptions.Default));
            imports.Add(import);
            ratios.Add(import / Time(() => Read(document, yaml)));
        }

        var (time, ratio) = (Spread.Of(imports), Spread.Of(ratios));
        var grown = await PeakGrowthAsync(file);
        Report.Line($"  {name,-28} {document.Length / 1024.0,7:F0} kB, {connector.Contents.Actions.Count,5} actions: {time.Median,8:F1} ms ({time.Lowest:F1} to {time.Highest:F1}), {ratio.Median,5:F1} times its bare {(yaml ? "YAML" : "JSON")} reading ({ratio.Lowest:F1} to {ratio.Highest:F1}), memory {grown / 1048576.0:F0} MB ({(double)grown / document.Length:F1} bytes a byte)");
    }

    private static void Read(byte[] document, bool yaml)
    {
        if (!yaml)
        {
            JsonDocument.Parse(document).Dispose();
            return;
        }

        var parser = new Parser(new StreamReader(new MemoryStream(document), Encoding.UTF8));
        while (parser.MoveNext())
        {
            // The events are the reading.
        }
    }

    private static double Time(Action action)
    {
        GC.Collect();
        var start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static async Task<long> PeakGrowthAsync(string file)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, "Patchbay.Bench.dll"), "import-once", "--url", file])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return long.Parse(output, CultureInfo.InvariantCulture);
    }
}
