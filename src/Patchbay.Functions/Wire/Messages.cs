using System.Text.Json;
using System.Text.Json.Serialization;

namespace Patchbay.Functions.Wire;

/// <summary>What the child runs.</summary>
/// <param name="Source">The script.</param>
/// <param name="Context">What <c>authenticate</c> is called with, as JSON.</param>
internal sealed record RunMessage(string Source, string Context);

/// <summary>A call of <c>fetch</c>. It comes out of a hostile process: nothing in it is to be believed.</summary>
internal sealed record RequestMessage(string Url, string Method, IReadOnlyDictionary<string, string>? Headers, string? Body);

/// <summary>What a call of <c>fetch</c> led to: an error, or the rest.</summary>
internal sealed record ResponseMessage(string? Error, int Status, IReadOnlyDictionary<string, string>? Headers, string? Body);

/// <summary>Why the script returned nothing.</summary>
/// <param name="Reason">What happened.</param>
/// <param name="Message">The script's error.</param>
/// <param name="Line">Where, counted from 1.</param>
internal sealed record FailureMessage(FailureReason Reason, string? Message, int? Line);

/// <summary>What a child can say about its own end.</summary>
internal enum FailureReason
{
    /// <summary>The script threw, is none, or did not come to an end.</summary>
    Script,

    /// <summary>The heap was full.</summary>
    Memory,
}

/// <summary>Messages as JSON. Generated, so that the child loads as little as possible.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    MaxDepth = 8)]
[JsonSerializable(typeof(RunMessage))]
[JsonSerializable(typeof(RequestMessage))]
[JsonSerializable(typeof(ResponseMessage))]
[JsonSerializable(typeof(FailureMessage))]
internal sealed partial class WireJson : JsonSerializerContext
{
    /// <summary>Reads a message from the other side.</summary>
    /// <returns>The message, or null where it is none.</returns>
    public static T? Read<T>(ReadOnlySpan<byte> content, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(content, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
