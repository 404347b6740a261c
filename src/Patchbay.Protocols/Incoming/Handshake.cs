using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Patchbay.Protocols.Http;

namespace Patchbay.Protocols.Incoming;

/// <summary>How an API finds out, before it sends events, that the address is ours.</summary>
public sealed record HandshakeOptions
{
    /// <summary>The method of the request.</summary>
    public required string Method { get; init; }

    /// <summary>What tells it from an event: values by their places; <c>*</c> for any value.</summary>
    public IReadOnlyDictionary<string, string> When { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The place of the text that is sent back.</summary>
    public required string Echo { get; init; }

    /// <summary>
    /// The answer as JSON, name to text, where it is not the text itself: <c>{echo}</c> stands for that, <c>{hmac}</c> for its signature.
    /// </summary>
    public IReadOnlyDictionary<string, string>? Answer { get; init; }

    /// <summary>The hash of <c>{hmac}</c>.</summary>
    public HmacAlgorithm Algorithm { get; init; } = HmacAlgorithm.Sha256;

    /// <summary>How <c>{hmac}</c> becomes text.</summary>
    public SignatureEncoding Encoding { get; init; } = SignatureEncoding.Hex;
}

/// <summary>What a handshake is answered with.</summary>
/// <param name="Text">The text.</param>
/// <param name="IsJson">Whether it is JSON, and not plain text.</param>
public sealed record HandshakeAnswer(string Text, bool IsJson);

/// <summary>Recognises and answers the handshakes of an API. Safe for concurrent use.</summary>
public sealed class Handshake
{
    /// <summary>How long a text may be that is sent back, in characters.</summary>
    public const int MaxEcho = 4096;

    private const int MaxSigned = 256;

    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~+/");

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.Default };

    private readonly HandshakeOptions _options;
    private readonly (ValuePlace Place, string Value)[] _when;
    private readonly ValuePlace _echo;

    private Handshake(HandshakeOptions options, (ValuePlace Place, string Value)[] when, ValuePlace echo) => (_options, _when, _echo) = (options, when, echo);

    /// <summary>The method of its requests.</summary>
    public string Method => _options.Method;

    /// <summary>Whether the answer takes a key.</summary>
    public bool NeedsKey => _options.Answer?.Values.Any(v => v.Contains("{hmac}", StringComparison.Ordinal)) == true;

    /// <summary>Reads how it goes.</summary>
    /// <returns>The handshake, or every fault. Subjects are <c>method</c>, <c>when</c>, <c>echo</c> and <c>answer</c>.</returns>
    public static Outcome<Handshake> Create(HandshakeOptions options)
    {
        var faults = new List<Fault>();
        if (options.Method is not ("GET" or "POST")) faults.Add(new Fault(FaultKind.UnfitValue, "method", "The method must be GET or POST."));
        var when = new List<(ValuePlace Place, string Value)>();
        foreach (var (place, value) in options.When)
        {
            if (ValuePlace.Parse(place, "when").TryGet(out var read, out var unread)) when.Add((read, value));
            else faults.AddRange(unread);
        }

        if (!ValuePlace.Parse(options.Echo, "echo").TryGet(out var echo, out var unechoed)) faults.AddRange(unechoed);
        // Otherwise any event with such a value would be taken for a handshake, and be lost.
        if (options.Method == "POST" && when.Count == 0) faults.Add(new Fault(FaultKind.UnfitValue, "when", "A handshake by POST needs something that tells it from an event."));
        if (options.Answer is { Count: 0 or > 20 }) faults.Add(new Fault(FaultKind.UnfitValue, "answer", "The answer must have 1 to 20 fields."));
        return faults.Count == 0 ? Outcome.Of(new Handshake(options, [.. when], echo!)) : Outcome.Of<Handshake>(faults);
    }

    /// <summary>Whether a request is a handshake.</summary>
    /// <param name="request">The request.</param>
    public bool IsIn(IncomingRequest request)
    {
        if (request.Method != _options.Method) return false;
        foreach (var (place, value) in _when)
        {
            if (place.Find(request) is not { } found || (value != "*" && found != value)) return false;
        }

        return _echo.Find(request) is not null;
    }

    /// <summary>Answers a handshake.</summary>
    /// <param name="request">The request.</param>
    /// <param name="key">The key of <c>{hmac}</c>; empty where none is needed.</param>
    /// <returns>Null where the text cannot be sent back.</returns>
    public HandshakeAnswer? AnswerTo(IncomingRequest request, ReadOnlySpan<byte> key)
    {
        if (_echo.Find(request) is not { Length: > 0 and <= MaxEcho } echo) return null;
        if (_options.Answer is not { } fields) return new HandshakeAnswer(echo, IsJson: false);
        if (NeedsKey && (key.IsEmpty || !IsToken(echo))) return null;
        var signature = NeedsKey ? Signature(echo, key) : string.Empty;
        var answer = fields.ToDictionary(
            f => f.Key, f => f.Value.Replace("{hmac}", signature, StringComparison.Ordinal).Replace("{echo}", echo, StringComparison.Ordinal), StringComparer.Ordinal);
        return new HandshakeAnswer(JsonSerializer.Serialize(answer, Json), IsJson: true);
    }

    /// <summary>
    /// Whether a text may be signed for whoever asks. The key is that of the events: signing any text would be signing forged ones. No JSON, no form of two
    /// fields and no text with a time before it consists of these characters.
    /// </summary>
    private static bool IsToken(string echo) => echo.Length <= MaxSigned && !echo.TrimEnd('=').AsSpan().ContainsAnyExcept(TokenCharacters);

    private string Signature(string echo, ReadOnlySpan<byte> key)
    {
        using var digest = IncrementalHash.CreateHMAC(SignatureVerifier.NameOf(_options.Algorithm), key);
        digest.AppendData(Encoding.UTF8.GetBytes(echo));
        var hash = digest.GetHashAndReset();
        return _options.Encoding switch
        {
            SignatureEncoding.HexUpper => Convert.ToHexString(hash),
            SignatureEncoding.Base64 => Convert.ToBase64String(hash),
            SignatureEncoding.Base64Url => System.Buffers.Text.Base64Url.EncodeToString(hash),
            _ => Convert.ToHexStringLower(hash),
        };
    }
}
