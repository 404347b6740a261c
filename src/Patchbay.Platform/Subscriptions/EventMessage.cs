using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Patchbay.Platform.Events;
using Patchbay.Platform.Http;
using Patchbay.Protocols.Http.Actions;

namespace Patchbay.Platform.Subscriptions;

/// <summary>
/// What a subscriber is sent of an event, in the form that Standard Webhooks recommends: type, timestamp, data. The same event gives the same
/// bytes every time, as long as what the user set for its activation stays.
/// </summary>
internal static class EventMessage
{
    /// <summary>The message of an event.</summary>
    /// <param name="head">Which event.</param>
    /// <param name="content">What came.</param>
    /// <param name="activation">The activation that it is delivered for; null for none.</param>
    public static byte[] Of(EventHead head, EventContent content, EventActivation? activation = null)
    {
        var buffer = new ArrayBufferWriter<byte>(1024 + content.Body.Length);
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = 1000 }))
        {
            writer.WriteStartObject();
            writer.WriteString("type"u8, head.TriggerName);
            writer.WriteString("timestamp"u8, head.ReceivedAt.UtcDateTime);
            writer.WriteStartObject("data"u8);
            writer.WriteString("id"u8, head.Id.ToString());
            writer.WriteString("connectorId"u8, head.ConnectorId.ToString());
            writer.WriteString("connectionId"u8, head.ConnectionId.ToString());
            writer.WriteString("triggerName"u8, head.TriggerName);
            writer.WriteString("version"u8, head.VersionName);
            writer.WriteString("origin"u8, head.Origin == EventOrigin.Poll ? "poll"u8 : "webhook"u8);
            activation?.Write(writer);
            WriteContent(writer, content);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>What came with an event, as the fields <c>method</c>, <c>query</c>, <c>headers</c>, <c>contentType</c>, <c>body</c>, <c>bodyEncoding</c> and <c>faults</c>.</summary>
    private static void WriteContent(Utf8JsonWriter writer, EventContent content)
    {
        writer.WriteString("method"u8, content.Method);
        writer.WriteString("query"u8, content.Query);
        writer.WriteStartArray("headers"u8);
        foreach (var header in content.Headers)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, header.Name);
            writer.WriteString("value"u8, header.Value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (content.ContentType is { } type)
            writer.WriteString("contentType"u8, type);
        WriteBody(writer, content);
        if (content.Faults.Count == 0)
            return;
        writer.WriteStartArray("faults"u8);
        foreach (var fault in content.Faults)
        {
            writer.WriteStartObject();
            writer.WriteString("field"u8, fault.Field);
            writer.WriteString("message"u8, fault.Message);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteBody(Utf8JsonWriter writer, EventContent content)
    {
        if (content.Body.IsEmpty)
            return;
        writer.WritePropertyName("body"u8);
        if (content.ContentType is { } type && MediaTypes.IsJson(type) && TryParse(content.Body) is { } json)
        {
            using (json)
                json.RootElement.WriteTo(writer);
            writer.WriteString("bodyEncoding"u8, "json"u8);
        }
        else if (Utf8.IsValid(content.Body.Span))
        {
            writer.WriteStringValue(content.Body.Span);
            writer.WriteString("bodyEncoding"u8, "text"u8);
        }
        else
        {
            writer.WriteBase64StringValue(content.Body.Span);
            writer.WriteString("bodyEncoding"u8, "base64"u8);
        }
    }

    private static JsonDocument? TryParse(ReadOnlyMemory<byte> body)
    {
        try
        {
            return JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = ApiJson.MaxDepth - 4 });
        }
        catch (JsonException)
        {
            // Sent as JSON, and none: it goes on as the text that it is.
            return null;
        }
    }
}

/// <summary>What is known of an event without opening it.</summary>
internal sealed record EventHead(
    Ulid Id, Ulid OrganisationId, Ulid ConnectorId, Ulid ConnectionId, string TriggerName, string VersionName, EventOrigin Origin, DateTimeOffset ReceivedAt)
{
    public static EventHead Of(ReceivedEvent e) => new(e.Id, e.OrganisationId, e.ConnectorId, e.ConnectionId, e.TriggerName, e.VersionName, e.Origin, e.ReceivedAt);
}
