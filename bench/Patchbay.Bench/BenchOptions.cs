using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Patchbay.Bench;

/// <summary>What to measure, and how long.</summary>
internal sealed record BenchOptions
{
    public const string Usage = """
        dotnet run -c Release --project bench/Patchbay.Bench -- proxy|import|library|events|functions|audit|embedded|all [options]
          --quick              fewer and shorter rounds; for a first look only
          --rounds N           how many rounds each comparison has
          --seconds N          how long one load of the proxy or of events lasts
          --connection-string  an empty PostgreSQL database for the library import, the events and the audit, beside SQLite
          --description FILE   one more description to import, and through the server as well
        """;

    private static readonly string[] Commands = ["proxy", "import", "library", "events", "functions", "audit", "embedded", "all", "serve-events", "serve-forwarder", "serve-upstream", "import-once"];

    public required string Command { get; init; }
    public bool Quick { get; init; }
    public int? Rounds { get; init; }
    public int? Seconds { get; init; }
    public string? ConnectionString { get; init; }

    /// <summary>A description of the caller's own, for what is too large or not ours to keep here.</summary>
    public string? Description { get; init; }

    /// <summary>Where a server of the benchmark's own listens, or the file of an import on its own.</summary>
    public string? Url { get; init; }

    /// <summary>Where the bare forwarder sends requests.</summary>
    public string? Upstream { get; init; }

    public bool Runs(string benchmark) => Command == benchmark || Command == "all";

    public static bool TryParse(string[] args, [NotNullWhen(true)] out BenchOptions? options, out string complaint)
    {
        options = null;
        if (args.Length == 0 || !Commands.Contains(args[0], StringComparer.Ordinal))
        {
            complaint = "Say what to measure.";
            return false;
        }

        var parsed = new BenchOptions { Command = args[0] };
        for (var index = 1; index < args.Length; index++)
        {
            var value = index + 1 < args.Length ? args[index + 1] : "";
            switch (args[index])
            {
                case "--quick":
                    parsed = parsed with { Quick = true };
                    continue;
                case "--rounds" when int.TryParse(value, CultureInfo.InvariantCulture, out var rounds) && rounds > 0:
                    parsed = parsed with { Rounds = rounds };
                    break;
                case "--seconds" when int.TryParse(value, CultureInfo.InvariantCulture, out var seconds) && seconds > 0:
                    parsed = parsed with { Seconds = seconds };
                    break;
                case "--connection-string" when value.Length > 0:
                    parsed = parsed with { ConnectionString = value };
                    break;
                case "--description" when File.Exists(value):
                    parsed = parsed with { Description = value };
                    break;
                case "--url" when value.Length > 0:
                    parsed = parsed with { Url = value };
                    break;
                case "--upstream" when value.Length > 0:
                    parsed = parsed with { Upstream = value };
                    break;
                default:
                    complaint = $"The option {args[index]} is not known or lacks its value.";
                    return false;
            }

            index++;
        }

        options = parsed;
        complaint = "";
        return true;
    }
}
