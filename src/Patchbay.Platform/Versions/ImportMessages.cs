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
        { Line: > 0, Pointer: "" } => $" (line {message.Line}, column {message.Column})",
        { Line: > 0 } => $" (line {message.Line}, column {message.Column}, {message.Pointer})",
        { Pointer: "" } => "",
        _ => $" ({message.Pointer})",
    };

    public static MessageJson Info(string text) => new() { Text = text, Severity = MessageSeverity.Info };

    public static void AddBaseUrlFault(List<MessageJson> messages, string baseUrl)
    {
        if (baseUrl.Length == 0)
            messages.Add(new MessageJson { Severity = MessageSeverity.Warning, Text = "The description names no server: set the connector's base URL before connecting." });
        else if (BaseUrlTemplate.Parse(baseUrl).Faults is [var fault, ..])
            messages.Add(new MessageJson { Severity = MessageSeverity.Warning, Text = $"The base URL '{baseUrl}' cannot be used as it stands; set it on the connector. {fault.Message}" });
    }
}
