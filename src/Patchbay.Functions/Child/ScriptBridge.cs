using System.Security.Cryptography;
using System.Text;
using Jint;
using Jint.Native;
using Jint.Runtime;
using Jint.Runtime.Interop;

namespace Patchbay.Functions.Child;

/// <summary>The functions through which the prelude leaves the engine. Text in, text out; bytes are text of one character a byte.</summary>
internal sealed class ScriptBridge
{
    private const int LongestRandom = 1024;

    private readonly Engine _engine;

    public ScriptBridge(Engine engine, Func<string, string> send)
    {
        _engine = engine;
        var functions = new JsObject(engine);
        Define("request", arguments => send(Text(arguments, 0)));
        Define("answer", arguments => Settle(new ScriptOutcome(Text(arguments, 0))));
        Define("fail", arguments =>
        {
            Stack = Text(arguments, 1);
            return Settle(new ScriptOutcome(Answer: null, Text(arguments, 0)));
        });
        Define("encode", arguments => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(Text(arguments, 0))));
        Define("decode", arguments => Encoding.UTF8.GetString(Bytes(arguments, 0)));
        Define("toHex", arguments => Convert.ToHexStringLower(Bytes(arguments, 0)));
        Define("toBase64", arguments => Convert.ToBase64String(Bytes(arguments, 0)));
        Define("fromBase64", arguments => Encoding.Latin1.GetString(FromBase64(Text(arguments, 0))));
        Define("hash", arguments => Encoding.Latin1.GetString(CryptographicOperations.HashData(Algorithm(arguments), Bytes(arguments, 1))));
        Define("hmac", arguments =>
            Encoding.Latin1.GetString(CryptographicOperations.HmacData(Algorithm(arguments), Bytes(arguments, 1), Bytes(arguments, 2))));
        Define("random", arguments => Encoding.Latin1.GetString(RandomNumberGenerator.GetBytes(Count(arguments))));
        Define("uuid", _ => RandomUuid());
        Functions = functions;

        void Define(string name, Func<JsValue[], string?> function) =>
            functions.Set(name, new ClrFunction(engine, name, (_, arguments) => function(arguments) is { } text ? new JsString(text) : JsValue.Undefined));
    }

    /// <summary>What the prelude is called with.</summary>
    public JsValue Functions { get; }

    /// <summary>How the script ended; the first that it says counts. Null while it has not.</summary>
    public ScriptOutcome? Outcome { get; private set; }

    /// <summary>The stack of the error that it ended with.</summary>
    public string? Stack { get; private set; }

    private string? Settle(ScriptOutcome outcome)
    {
        Outcome ??= outcome;
        return null;
    }

    private static string Text(JsValue[] arguments, int index) => index < arguments.Length ? arguments[index].ToString() : "";

    private static byte[] Bytes(JsValue[] arguments, int index) => Encoding.Latin1.GetBytes(Text(arguments, index));

    private HashAlgorithmName Algorithm(JsValue[] arguments) => Text(arguments, 0).ToLowerInvariant().Replace("-", "", StringComparison.Ordinal) switch
    {
        "md5" => HashAlgorithmName.MD5,
        "sha1" => HashAlgorithmName.SHA1,
        "sha256" => HashAlgorithmName.SHA256,
        "sha384" => HashAlgorithmName.SHA384,
        "sha512" => HashAlgorithmName.SHA512,
        _ => throw Fault("The algorithm is md5, sha1, sha256, sha384 or sha512."),
    };

    private int Count(JsValue[] arguments) =>
        arguments is [var count, ..] && count.IsNumber() && TypeConverter.ToNumber(count) is >= 0 and <= LongestRandom and var number
            ? (int)number
            : throw Fault($"The number of bytes is 0 to {LongestRandom}.");

    // Both alphabets, with or without padding (RFC 4648, 4 and 5).
    private byte[] FromBase64(string text)
    {
        var plain = text.Replace('-', '+').Replace('_', '/').TrimEnd('=');
        var padded = plain.PadRight((plain.Length + 3) / 4 * 4, '=');
        var bytes = new byte[padded.Length];
        return Convert.TryFromBase64String(padded, bytes, out var length) ? bytes[..length] : throw Fault("The text is not base64.");
    }

    // Version 4 (RFC 9562, 5.4).
    private static string RandomUuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    private JavaScriptException Fault(string message) => new(_engine.Intrinsics.TypeError, message);
}
