using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Patchbay.Importing;

namespace Patchbay.Server;

/// <summary>What an import made of a description, for people and for programs.</summary>
internal sealed class ImportReport(string file, ImportResult result, ImportedConnector connector)
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Where a message points, in the form that editors follow: file, line and column.</summary>
    /// <param name="message">The message.</param>
    /// <param name="file">The description, as the command line has it.</param>
    public static string PlaceOf(ImportMessage message, string file)
    {
        var document = message.Document switch
        {
            null => file,
            var other when other.Contains("://", StringComparison.Ordinal) || file.Contains("://", StringComparison.Ordinal) || file.EndsWith(".zip", StringComparison.OrdinalIgnoreCase) => other,
            var other => Path.Combine(Path.GetDirectoryName(file) ?? "", other),
        };
        return message.Line > 0 ? string.Create(CultureInfo.InvariantCulture, $"{document}:{message.Line}:{message.Column}") : document;
    }

    /// <summary>One line.</summary>
    public string Summary()
    {
        var (actions, triggers, definitions) = connector.Contents;
        var left = (result.Report?.Entries ?? []).Sum(entry => entry.LeftOut.Sum(remark => remark.Count));
        return $"{Line(connector.Name)} {connector.Version}: {Count(actions.Count, "action")}, {Count(triggers.Count, "trigger")}, {Count(definitions.Count, "definition")}, "
            + $"{Count(connector.AuthSchemes.Count, "auth scheme")}, {Count(connector.Variables.Count, "variable")}; {left.ToString("N0", CultureInfo.InvariantCulture)} left out\n";
    }

    /// <summary>All of it.</summary>
    public string ToText()
    {
        var text = new StringBuilder(Summary());
        text.Append("Base URL: ").Append(connector.BaseUrl.Length > 0 ? Line(connector.BaseUrl) : "none").Append("\n\n");
        text.Append("Part                Carried  Approximated  Left out\n");
        foreach (var entry in result.Report?.Entries ?? [])
        {
            text.Append(CultureInfo.InvariantCulture,
                $"{WordsOf(entry.Part),-18}{entry.Carried,9:N0}{entry.Approximated.Sum(remark => remark.Count),14:N0}{entry.LeftOut.Sum(remark => remark.Count),10:N0}\n");
        }

        foreach (var message in result.Messages)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n{(message.Severity == ImportSeverity.Info ? "info" : "warning")}: {Line(message.Text)}\n");
            if (message.Detail is not { Count: > 0 } detail)
                text.Append(CultureInfo.InvariantCulture, $"  {PlaceOf(message, file)} {Line(message.Pointer)}\n");
            foreach (var place in message.Detail ?? [])
                text.Append("  ").Append(Line(place)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>All of it, as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            connector.Name,
            connector.Version,
            connector.BaseUrl,
            Actions = connector.Contents.Actions.Count,
            Triggers = connector.Contents.Triggers.Count,
            Definitions = connector.Contents.Definitions.Count,
            AuthSchemes = connector.AuthSchemes.Count,
            Variables = connector.Variables.Count,
            Parts = result.Report?.Entries,
            result.Messages,
        },
        Options) + "\n";

    private static string Count(int count, string what) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} {what}{(count == 1 ? "" : "s")}");

    /// <summary>Text of a description on one line, and with nothing in it that a terminal would obey.</summary>
    private static string Line(string text) => string.Concat(text.EnumerateRunes().Select(rune => System.Text.Rune.IsControl(rune) ? " " : rune.ToString()));

    private static string WordsOf(DescriptionPart part)
    {
        var words = new StringBuilder();
        foreach (var character in part.ToString()) words.Append(char.IsUpper(character) && words.Length > 0 ? $" {char.ToLowerInvariant(character)}" : $"{character}");
        return words.ToString();
    }
}
