using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Vault;

namespace Patchbay.Platform.Events;

/// <summary>A header as it came; one of several of a name stands as often as it came.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value, a character for each byte.</param>
internal sealed record EventHeader(string Name, string Value);

/// <summary>Where an event is not what its trigger declares.</summary>
/// <param name="Field">What is at fault, such as <c>body.items[0].price</c>.</param>
/// <param name="Message">What is wrong with it.</param>
internal sealed record EventFault(string Field, string Message);

/// <summary>What came with an event, whole; in place of what proved its sender stands <see cref="Verified"/>.</summary>
internal sealed record EventContent
{
    /// <summary>What stands in the place of signatures, keys and passwords.</summary>
    public const string Verified = "[verified]";

    private const byte FormatVersion = 1;
    private const int PrefixLength = 1 + sizeof(int);

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The HTTP method; for a polled item that of the action's request.</summary>
    public required string Method { get; init; }

    /// <summary>The raw query without its question mark; empty for none.</summary>
    public required string Query { get; init; }

    public required IReadOnlyList<EventHeader> Headers { get; init; }

    /// <summary>Where it is not what the trigger declares; empty where it is, or nothing was declared.</summary>
    public IReadOnlyList<EventFault> Faults { get; init; } = [];

    /// <summary>The bytes of the body; empty for none.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The media type with its parameters, as it came; null for none.</summary>
    [JsonIgnore]
    public string? ContentType => Headers.FirstOrDefault(h => h.Name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))?.Value;

    /// <summary>Seals it for the row of an event.</summary>
    /// <param name="key">
    /// The organisation's key. That it is still the one in force is seen where the result is stored: <see cref="IStoreDialect.StoreEventsAsync"/>.
    /// </param>
    /// <param name="organisationId">The organisation.</param>
    /// <param name="eventId">The event.</param>
    public byte[] Seal(DataKey key, Ulid organisationId, Ulid eventId)
    {
        var head = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(head, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true }))
            Write(writer);
        var length = PrefixLength + head.WrittenCount + Body.Length;
        var plain = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            plain[0] = FormatVersion;
            BinaryPrimitives.WriteInt32BigEndian(plain.AsSpan(1), head.WrittenCount);
            head.WrittenSpan.CopyTo(plain.AsSpan(PrefixLength));
            Body.Span.CopyTo(plain.AsSpan(PrefixLength + head.WrittenCount));
            return key.Seal(plain.AsSpan(0, length), SealedColumn.EventContent.ContextOf(organisationId, eventId));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain.AsSpan(0, length));
            ArrayPool<byte>.Shared.Return(plain);
        }
    }

    /// <summary>Opens what came with an event.</summary>
    /// <exception cref="InvalidDataException">It does not open: the row was changed, or is another's.</exception>
    public static Task<EventContent> OpenAsync(SecretStore secrets, ReceivedEvent received, CancellationToken cancellationToken) =>
        OpenAsync(secrets, received.OrganisationId, received.Id, received.Content, cancellationToken);

    /// <summary>Opens what came with an event.</summary>
    /// <exception cref="InvalidDataException">It does not open: the row was changed, or is another's.</exception>
    public static async Task<EventContent> OpenAsync(
        SecretStore secrets, Ulid organisationId, Ulid eventId, byte[] stored, CancellationToken cancellationToken)
    {
        var plain = await secrets.OpenAsync(SealedColumn.EventContent, organisationId, eventId, stored, cancellationToken);
        if (plain.Length < PrefixLength || plain[0] != FormatVersion)
            throw new InvalidDataException($"The content of event {eventId} has a form that this version does not know.");
        var head = BinaryPrimitives.ReadInt32BigEndian(plain.AsSpan(1));
        return JsonSerializer.Deserialize<EventContent>(plain.AsSpan(PrefixLength, head), Json)! with { Body = plain.AsMemory(PrefixLength + head) };
    }

    /// <summary>Method, sizes and faults; never what came.</summary>
    public override string ToString() => $"{Method}, {Headers.Count} headers, {Body.Length} bytes, {Faults.Count} faults";

    /// <summary>By hand, since every event passes here.</summary>
    private void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("method"u8, Method);
        writer.WriteString("query"u8, Query);
        writer.WriteStartArray("headers"u8);
        foreach (var header in Headers)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, header.Name);
            writer.WriteString("value"u8, header.Value);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        if (Faults.Count > 0)
        {
            writer.WriteStartArray("faults"u8);
            foreach (var fault in Faults)
            {
                writer.WriteStartObject();
                writer.WriteString("field"u8, fault.Field);
                writer.WriteString("message"u8, fault.Message);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
