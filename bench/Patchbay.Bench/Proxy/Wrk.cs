using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Patchbay.Bench.Proxy;

/// <summary>What one load measured.</summary>
/// <param name="RequestsPerSecond">Answered requests.</param>
/// <param name="Median">The middle of the times to an answer, in milliseconds.</param>
/// <param name="P99">What 99 % of the times lie below, in milliseconds.</param>
/// <param name="ProcessorTime">What a request cost the target's process, in microseconds. What else the machine does hardly moves it.</param>
internal sealed record Load(double RequestsPerSecond, double Median, double P99, double ProcessorTime);

/// <summary>The load generator wrk (https://github.com/wg/wrk).</summary>
internal static partial class Wrk
{
    public static bool IsInstalled => Tool.Find("wrk") is not null;

    [GeneratedRegex(@"Requests/sec:\s+(?<rate>[0-9.]+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Rate { get; }

    [GeneratedRegex(@"(?<count>[0-9]+) requests in", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Requests { get; }

    [GeneratedRegex(@"\s(?<share>50|99)%\s+(?<time>[0-9.]+)(?<unit>us|ms|s)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Percentile { get; }

    /// <summary>Sends requests as fast as they are answered.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="connections">How many at once.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="script">A file that makes the requests, in wrk's Lua; null for GET.</param>
    /// <exception cref="InvalidOperationException">Not every answer was 200: such a figure would say nothing.</exception>
    public static async Task<Load> RunAsync(Target target, int connections, int seconds, string? script = null)
    {
        string[] arguments =
        [
            "-t", "1", "-c", connections.ToString(CultureInfo.InvariantCulture),
            "-d", seconds.ToString(CultureInfo.InvariantCulture), "--latency",
            .. script is null ? [] : new[] { "-s", script }, .. target.Headers.SelectMany(h => new[] { "-H", h }), target.Url,
        ];
        var start = new ProcessStartInfo(Tool.Find("wrk")!, arguments) { RedirectStandardOutput = true, UseShellExecute = false };
        var before = target.ProcessorTime();
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (!Rate.IsMatch(output) || output.Contains("Non-2xx", StringComparison.Ordinal) || output.Contains("Socket errors", StringComparison.Ordinal))
            throw new InvalidOperationException($"{target.Name} did not answer every request:{Environment.NewLine}{output}");
        var percentiles = Percentile.Matches(output).ToDictionary(m => m.Groups["share"].Value, Milliseconds, StringComparer.Ordinal);
        var cost = (target.ProcessorTime() - before).TotalMicroseconds / Number(Requests.Match(output).Groups["count"].Value);
        return new Load(Number(Rate.Match(output).Groups["rate"].Value), percentiles["50"], percentiles["99"], cost);
    }

    private static double Milliseconds(Match match) => Number(match.Groups["time"].Value) * match.Groups["unit"].Value switch
    {
        "us" => 0.001,
        "ms" => 1,
        _ => 1000,
    };

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
