using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Patchbay.Protocols.Http;

/// <summary>Signs each request with a shared key (HMAC, RFC 2104).</summary>
public sealed class HmacCredential : IRequestCredential
{
    /// <summary>How many things one signature may cover.</summary>
    public const int MaxInputs = 32;

    /// <summary>How long prefix and joiner may be, in characters.</summary>
    public const int MaxAffixLength = 64;

    private readonly HmacOptions _options;
    private readonly HmacInput[] _inputs;
    private readonly HashAlgorithmName _hash;
    private readonly byte[] _joiner;
    private readonly byte[] _key;
    private readonly TimeProvider _time;

    private HmacCredential(HmacOptions options, HmacInput[] inputs, byte[] key, TimeProvider time)
    {
        _options = options;
        _inputs = inputs;
        _hash = options.Algorithm switch
        {
            HmacAlgorithm.Sha1 => HashAlgorithmName.SHA1,
            HmacAlgorithm.Sha512 => HashAlgorithmName.SHA512,
            _ => HashAlgorithmName.SHA256,
        };
        _joiner = Encoding.UTF8.GetBytes(options.Joiner);
        _key = key;
        _time = time;
        NeedsBody = inputs.Any(input => input.Kind == HmacInputKind.Body);
    }

    /// <inheritdoc/>
    public bool NeedsBody { get; }

    /// <inheritdoc/>
    public bool Signs => true;

    /// <summary>Makes a credential whose key is a text.</summary>
    /// <param name="options">How to sign.</param>
    /// <param name="key">The key; its bytes are those of the text in UTF-8.</param>
    /// <param name="time">The clock of timestamps.</param>
    /// <returns>The credential, or every fault, as for the other overload.</returns>
    public static Outcome<HmacCredential> Create(HmacOptions options, string key, TimeProvider time) =>
        Create(options, Encoding.UTF8.GetBytes(key), time);

    /// <summary>Makes a credential.</summary>
    /// <param name="options">How to sign.</param>
    /// <param name="key">The key's bytes, one at least; they are copied.</param>
    /// <param name="time">The clock of timestamps.</param>
    /// <returns>
    /// The credential, or every fault. Subjects are <c>key</c>, <c>name</c>, <c>in</c>, <c>algorithm</c>, <c>encoding</c>, <c>prefix</c>,
    /// <c>joiner</c>, <c>digestInputs</c> or one of them such as <c>digestInputs[1]</c>, <c>timestamp</c>, <c>timestamp.header</c> and
    /// <c>timestamp.unit</c>.
    /// </returns>
    public static Outcome<HmacCredential> Create(HmacOptions options, ReadOnlySpan<byte> key, TimeProvider time)
    {
        var faults = new List<Fault>();
        if (key.IsEmpty) faults.Add(Unfit("key", "The key is empty."));
        if (!Enum.IsDefined(options.Algorithm)) faults.Add(Unfit("algorithm", "The algorithm is not known."));
        if (!Enum.IsDefined(options.Encoding)) faults.Add(Unfit("encoding", "The encoding is not known."));
        if (options.Joiner.Length > MaxAffixLength) faults.Add(TooLong("joiner", $"The joiner is longer than {MaxAffixLength} characters."));
        if (options.Prefix.Length > MaxAffixLength) faults.Add(TooLong("prefix", $"The prefix is longer than {MaxAffixLength} characters."));
        foreach (var fault in CredentialRules.Judge(options.In, options.Name, options.Prefix))
        {
            faults.Add(fault.Subject == "value" ? fault with { Subject = "prefix", Message = "The prefix holds a character that cannot stand there." } : fault);
        }

        JudgeTimestamp(options, faults);
        var inputs = InputsOf(options, faults);
        return faults.Count == 0 ? Outcome.Of(new HmacCredential(options, inputs, key.ToArray(), time)) : Outcome.Of<HmacCredential>(faults);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The body is signed, there is one, and it was not read.</exception>
    public void Apply(OutgoingRequest request)
    {
        var timestamp = string.Empty;
        if (_options.Timestamp is { } sent)
        {
            var now = _time.GetUtcNow();
            var count = sent.Unit == TimestampUnit.Milliseconds ? now.ToUnixTimeMilliseconds() : now.ToUnixTimeSeconds();
            timestamp = count.ToString(CultureInfo.InvariantCulture);
            request.SetHeader(sent.Header, timestamp);
        }

        var text = _options.Prefix + Encoded(Signature(request, timestamp));
        switch (_options.In)
        {
            case CredentialPlace.Query:
                request.SetQueryParameter(_options.Name, RawQuery.Pair(_options.Name, text));
                break;
            case CredentialPlace.Cookie:
                request.SetCookie(_options.Name, HeaderText.ToWire(text));
                break;
            default:
                request.SetHeader(_options.Name, HeaderText.ToWire(text));
                break;
        }
    }

    private static void JudgeTimestamp(HmacOptions options, List<Fault> faults)
    {
        if (options.Timestamp is not { } timestamp) return;
        if (!Enum.IsDefined(timestamp.Unit)) faults.Add(Unfit("timestamp.unit", "The unit is not known."));
        foreach (var fault in CredentialRules.Header(timestamp.Header, string.Empty)) faults.Add(fault with { Subject = "timestamp.header" });
        if (options.In == CredentialPlace.Header && timestamp.Header.Equals(options.Name, StringComparison.OrdinalIgnoreCase))
        {
            faults.Add(Unfit("timestamp.header", "The timestamp has the header of the signature."));
        }
    }

    private static HmacInput[] InputsOf(HmacOptions options, List<Fault> faults)
    {
        if (options.DigestInputs.Count == 0) faults.Add(Unfit("digestInputs", "Nothing is signed."));
        if (options.DigestInputs.Count > MaxInputs)
        {
            faults.Add(TooLong("digestInputs", $"There are more than {MaxInputs} inputs."));
            return [];
        }

        var inputs = new List<HmacInput>();
        foreach (var (index, text) in options.DigestInputs.Index())
        {
            var subject = $"digestInputs[{index}]";
            if (HmacInput.Parse(text) is not { } input)
            {
                faults.Add(Unfit(subject, "The input is none of body, url, method, path, target, timestamp and header:NAME."));
                continue;
            }

            inputs.Add(input);
            if (input.Kind == HmacInputKind.Timestamp && options.Timestamp is null) faults.Add(Unfit("timestamp", "The timestamp is signed and not sent."));
            if (options.In == CredentialPlace.Header && input.Header.Equals(options.Name, StringComparison.OrdinalIgnoreCase))
            {
                faults.Add(Unfit(subject, "The signature would cover itself."));
            }

            // It is what the cookie becomes a part of.
            if (options.In == CredentialPlace.Cookie && input.Header.Equals("Cookie", StringComparison.OrdinalIgnoreCase))
            {
                faults.Add(Unfit(subject, "The signature would cover itself."));
            }
        }

        return [.. inputs];
    }

    private static Fault Unfit(string subject, string message) => new(FaultKind.UnfitValue, subject, message);

    private static Fault TooLong(string subject, string message) => new(FaultKind.TooLong, subject, message);

    private byte[] Signature(OutgoingRequest request, string timestamp)
    {
        using var digest = IncrementalHash.CreateHMAC(_hash, _key);
        for (var index = 0; index < _inputs.Length; index++)
        {
            if (index > 0) digest.AppendData(_joiner);
            if (_inputs[index].Kind == HmacInputKind.Body) digest.AppendData(request.SignedBody);
            else digest.AppendData(Encoding.Latin1.GetBytes(TextOf(_inputs[index], request, timestamp)));
        }

        return digest.GetHashAndReset();
    }

    /// <summary>A text that goes over the wire, one character for each byte.</summary>
    private string TextOf(HmacInput input, OutgoingRequest request, string timestamp) => input.Kind switch
    {
        HmacInputKind.Url => Covered(request).ToString(),
        HmacInputKind.Target => Covered(request).PathAndQuery,
        HmacInputKind.Path => request.Target.Path,
        HmacInputKind.Method => request.Method,
        HmacInputKind.Timestamp => timestamp,
        _ => request.HeaderValue(input.Header) ?? string.Empty,
    };

    private RawTarget Covered(OutgoingRequest request) =>
        _options.In == CredentialPlace.Query ? request.Target.WithQuery(RawQuery.Remove(request.Target.Query, _options.Name)) : request.Target;

    private string Encoded(byte[] signature) => _options.Encoding switch
    {
        SignatureEncoding.HexUpper => Convert.ToHexString(signature),
        SignatureEncoding.Base64 => Convert.ToBase64String(signature),
        SignatureEncoding.Base64Url => Base64Url.EncodeToString(signature),
        _ => Convert.ToHexStringLower(signature),
    };
}
