using Patchbay.Importing;
using Patchbay.Platform.Http;
using Patchbay.Protocols.Http;

namespace Patchbay.Platform.Versions;

/// <summary>Remarks of an import, as the API shows them: each says where in the source it stood.</summary>
internal static class ImportMessages
{
    public static MessageJson Json(ImportMessage message) => new()
    {
        Text = message.Text + PlaceOf(message),
        Severity = message.Severity switch
        {
            ImportSeverity.Info => MessageSeverity.Info,
            ImportSeverity.Warning => MessageSeverity.Warning,
            _ => MessageSeverity.Error,
        },
        Detail = message.Detail is { Count: > 0 } ? message.Detail : null,
    };

    public static string PlaceOf(ImportMessage message) => message switch
    {
        { Line: > 0, Pointer: "" } => $" ({DocumentOf(message)}line {message.Line}, column {message.Column})",
        { Line: > 0 } => $" ({DocumentOf(message)}line {message.Line}, column {message.Column}, {message.Pointer})",
        { Pointer: "" } => "",
        _ => $" ({DocumentOf(message)}{message.Pointer})",
    };

    private static string DocumentOf(ImportMessage message) => message.Document is { } document ? document + ", " : "";

    /// <summary>The remarks as the version keeps them: no more and no longer than a client could send back.</summary>
    public static IReadOnlyList<MessageJson> Keepable(IReadOnlyList<MessageJson> messages)
    {
        var kept = messages.Take(ConnectorVersion.MaxMessages - 1).Select(m => m with
        {
            Text = Cut(m.Text),
            Detail = m.Detail is null ? null : [.. m.Detail.Take(BodyShape.DefaultMaxCount).Select(Cut)],
        }).ToList();
        if (messages.Count > kept.Count)
            kept.Add(Info($"{messages.Count - kept.Count} more remarks were left out."));
        return kept;

        static string Cut(string text) =>
            text.Length > BodyShape.DefaultMaxLength ? ImportedText.Keepable(text, BodyShape.DefaultMaxLength - 1) + "…" : ImportedText.Keepable(text);
    }

    public static MessageJson Info(string text) => new() { Text = text, Severity = MessageSeverity.Info };

    public static MessageJson Warning(string text) => new() { Text = text, Severity = MessageSeverity.Warning };

    public static void AddBaseUrlFault(List<MessageJson> messages, string baseUrl)
    {
        if (baseUrl.Length == 0)
            messages.Add(Warning("The description names no server: set the connector's base URL before connecting."));
        else if (BaseUrlTemplate.Parse(baseUrl).Faults is [var fault, ..])
            messages.Add(Warning($"The base URL '{baseUrl}' cannot be used as it stands; set it on the connector. {fault.Message}"));
    }
}
