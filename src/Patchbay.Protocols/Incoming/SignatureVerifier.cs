using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Patchbay.Protocols.Http;

namespace Patchbay.Protocols.Incoming;

/// <summary>A signature over the request with a shared key (HMAC, RFC 2104).</summary>
public sealed class SignatureVerifier : IRequestVerifier
{
    /// <summary>How many signatures of one request are tried: senders that change keys send two.</summary>
    private const int MaxSignatures = 16;

    private const int MaxElements = 64;
    private const int MaxAffixLength = 64;
    private static readonly TimeSpan MaxTolerance = TimeSpan.FromDays(7);

    private readonly SignatureOptions _options;
    private readonly SignedText _text;
    private readonly byte[][] _keys;

    private SignatureVerifier(SignatureOptions options, SignedText text, byte[][] keys) => (_options, _text, _keys) = (options, text, keys);

    /// <inheritdoc/>
    public IReadOnlyList<ProofPlace> Places => [new ProofPlace(_options.In, _options.Name)];

    /// <summary>Makes a verifier.</summary>
    /// <param name="options">How requests are signed.</param>
    /// <param name="keys">The keys of which one must have signed, one at least.</param>
    /// <returns>
    /// The verifier, or every fault. Subjects are <c>key</c>, <c>name</c>, <c>template</c>, <c>digestInputs</c>, <c>element</c>, <c>timestamp</c>,
    /// <c>timestamp.name</c>, <c>timestamp.toleranceSeconds</c>, <c>bodyDigest</c>, and the affixes by their names.
    /// </returns>
    public static Outcome<SignatureVerifier> Create(SignatureOptions options, IReadOnlyList<byte[]> keys)
    {
        var faults = new List<Fault>();
        if (keys.Count == 0) faults.Add(Unfit("key", "There is no key."));
        var decoded = new List<byte[]>();
        foreach (var key in keys)
        {
            if (KeyOf(options, key) is { Length: > 0 } bytes) decoded.Add(bytes);
            else faults.Add(Unfit("key", $"The key is empty, or is not {options.KeyEncoding switch { KeyEncoding.Base64 => "Base64", KeyEncoding.Hex => "hexadecimal", _ => "a text" }}."));
        }

        foreach (var fault in CredentialRules.Judge(options.In, options.Name, string.Empty)) faults.Add(fault);
        foreach (var (name, affix) in (ReadOnlySpan<(string, string)>)[("prefix", options.Prefix), ("joiner", options.Joiner), ("separator", options.Separator),
            ("assignment", options.Assignment), ("element", options.Element ?? ""), ("keyPrefix", options.KeyPrefix)])
        {
            if (affix.Length > MaxAffixLength) faults.Add(new Fault(FaultKind.TooLong, name, $"It is longer than {MaxAffixLength} characters."));
        }

        if (options.Element is not null && (options.Element.Length == 0 || options.Separator.Length == 0 || options.Assignment.Length == 0))
            faults.Add(Unfit("element", "Elements need a name, a separator and an assignment."));
        var read = options.Template is { } template ? SignedText.Parse(template, "template") : SignedText.Of(options.Inputs, options.Joiner, "digestInputs");
        if (!read.TryGet(out var text, out var unread))
            return Outcome.Of<SignatureVerifier>([.. faults, .. unread]);
        JudgeCover(options, text, faults);
        return faults.Count == 0 ? Outcome.Of(new SignatureVerifier(options, text, [.. decoded])) : Outcome.Of<SignatureVerifier>(faults);
    }

    /// <inheritdoc/>
    public Verification Verify(IncomingRequest request, DateTimeOffset now)
    {
        if (request.At(_options.In, _options.Name) is not { } value) return Verification.Missing;
        var elements = ElementsOf(value);
        var signatures = new List<byte[]>();
        foreach (var (name, text) in elements)
        {
            if ((_options.Element is null || name == _options.Element) && signatures.Count < MaxSignatures && SignatureOf(text) is { } signature)
                signatures.Add(signature);
        }

        if (signatures.Count == 0) return Verification.Malformed;
        var timestamp = string.Empty;
        if (_options.Timestamp is { } sent)
        {
            if (TimestampOf(request, sent, elements) is not { } found || TimeOf(found, sent.Unit) is not { } time) return Verification.Malformed;
            if ((now - time).Duration() > sent.Tolerance) return Verification.Stale;
            timestamp = found;
        }

        // Signed first: what is not signed proves nothing, and a wrong digest of the body must not be told from a wrong signature.
        var signed = IsSigned(request, signatures, timestamp, elements);
        return signed & IsBodyCovered(request) ? Verification.Passed : Verification.Mismatch;
    }

    private static void JudgeCover(SignatureOptions options, SignedText text, List<Fault> faults)
    {
        if (options.In == CredentialPlace.Header && text.Covers(new SignedPart(SignedPartKind.Header, options.Name)))
            faults.Add(Unfit("name", "The signature would cover itself."));
        if (options.Timestamp is { } time)
        {
            if (time.Name.Length == 0) faults.Add(Unfit("timestamp.name", "The name is empty."));
            if (time.Tolerance <= TimeSpan.Zero || time.Tolerance > MaxTolerance) faults.Add(Unfit("timestamp.toleranceSeconds", "The tolerance must be from a second to a week."));
            if (time.In == SentTimeIn.Element && options.Element is null) faults.Add(Unfit("timestamp.in", "There are no elements: name that of the signature."));
            var itself = time.In switch
            {
                SentTimeIn.Header => new SignedPart(SignedPartKind.Header, time.Name),
                SentTimeIn.Query => new SignedPart(SignedPartKind.QueryParameter, time.Name),
                _ => new SignedPart(SignedPartKind.Element, time.Name),
            };
            // Otherwise whoever has a copy of a request gives it another time.
            if (!text.Covers(SignedPartKind.Timestamp) && !text.Covers(itself)
                && !(time.In == SentTimeIn.Query && (text.Covers(SignedPartKind.Url) || text.Covers(SignedPartKind.Target) || text.Covers(SignedPartKind.Query))))
            {
                faults.Add(Unfit("timestamp", "The signature does not cover the time: put {timestamp} into the template."));
            }
        }
        else if (text.Covers(SignedPartKind.Timestamp))
        {
            faults.Add(Unfit("timestamp", "The time is signed, and nothing says where it is sent."));
        }

        if (options.BodyDigest is { } digest)
        {
            var covered = digest.In switch
            {
                CredentialPlace.Header => text.Covers(new SignedPart(SignedPartKind.Header, digest.Name)),
                CredentialPlace.Query => text.Covers(SignedPartKind.Url) || text.Covers(SignedPartKind.Target) || text.Covers(SignedPartKind.Query)
                    || text.Covers(new SignedPart(SignedPartKind.QueryParameter, digest.Name)),
                _ => false,
            };
            if (!covered) faults.Add(Unfit("bodyDigest", "The signature does not cover the digest."));
        }
    }

    /// <summary>The elements of the signature's value; one without a name where it is no list.</summary>
    private List<(string Name, string Text)> ElementsOf(string value)
    {
        if (_options.Separator.Length == 0) return [(string.Empty, value.Trim())];
        var elements = new List<(string Name, string Text)>();
        foreach (var element in value.Split(_options.Separator, MaxElements, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var mark = _options.Element is null ? -1 : element.IndexOf(_options.Assignment, StringComparison.Ordinal);
            elements.Add(mark < 0 ? (string.Empty, element) : (element[..mark], element[(mark + _options.Assignment.Length)..]));
        }

        return elements;
    }

    private byte[]? SignatureOf(string text)
    {
        if (!text.StartsWith(_options.Prefix, StringComparison.Ordinal)) return null;
        return Decoded(text.AsSpan(_options.Prefix.Length), _options.Encoding);
    }

    private static string? TimestampOf(IncomingRequest request, SentTime sent, List<(string Name, string Text)> elements) => sent.In switch
    {
        SentTimeIn.Header => request.Header(sent.Name),
        SentTimeIn.Query => FormText.Single(request.Query, sent.Name),
        // Of two nobody knows which one was signed.
        _ => elements.Count(e => e.Name == sent.Name) == 1 ? elements.Find(e => e.Name == sent.Name).Text : null,
    };

    private static DateTimeOffset? TimeOf(string text, SentTimeUnit unit)
    {
        if (unit == SentTimeUnit.Text)
            return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;
        if (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
        var milliseconds = unit == SentTimeUnit.Milliseconds ? number : number > long.MaxValue / 1000 ? long.MaxValue : number * 1000;
        // The year 9999: no clock shows more.
        return milliseconds > 253_402_300_799_999 ? null : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
    }

    private bool IsSigned(IncomingRequest request, List<byte[]> signatures, string timestamp, List<(string Name, string Text)> elements)
    {
        var covered = (request.Target, request.Query);
        if (_options.In == CredentialPlace.Query)
        {
            var query = RawQuery.Remove(request.Query, _options.Name);
            covered = (query is null ? request.Path : $"{request.Path}?{query}", query);
        }

        var signed = false;
        foreach (var key in _keys)
        {
            using var digest = IncrementalHash.CreateHMAC(NameOf(_options.Algorithm), key);
            _text.Feed(digest, request, covered, timestamp, name => elements.Find(e => e.Name == name).Text);
            var expected = digest.GetHashAndReset();
            // Every key and every signature, whichever it was: how long it takes says nothing.
            foreach (var signature in signatures) signed |= CryptographicOperations.FixedTimeEquals(expected, signature);
        }

        return signed;
    }

    /// <summary>Whether the body is what the sender signed, where the signature itself does not cover it.</summary>
    private bool IsBodyCovered(IncomingRequest request)
    {
        if (_text.Covers(SignedPartKind.Body)) return true;
        var isForm = _text.Covers(SignedPartKind.Form);
        if (isForm && (request.Body.IsEmpty || request.Form is not null)) return true;
        if (_options.BodyDigest is not { } sent) return !isForm;
        if (request.At(sent.In, sent.Name) is not { } text || !text.StartsWith(sent.Prefix, StringComparison.OrdinalIgnoreCase)) return request.Body.IsEmpty;
        var digest = CryptographicOperations.HashData(NameOf(sent.Algorithm), request.Body.Span);
        return Decoded(text.AsSpan(sent.Prefix.Length), sent.Encoding) is { } claimed && CryptographicOperations.FixedTimeEquals(digest, claimed);
    }

    internal static HashAlgorithmName NameOf(HmacAlgorithm algorithm) => algorithm switch
    {
        HmacAlgorithm.Sha1 => HashAlgorithmName.SHA1,
        HmacAlgorithm.Sha512 => HashAlgorithmName.SHA512,
        _ => HashAlgorithmName.SHA256,
    };

    private static byte[]? KeyOf(SignatureOptions options, byte[] key)
    {
        var prefix = Encoding.UTF8.GetBytes(options.KeyPrefix);
        var rest = key.AsSpan().StartsWith(prefix) ? key.AsSpan(prefix.Length) : key;
        return options.KeyEncoding switch
        {
            KeyEncoding.Base64 => Base64Of(Encoding.Latin1.GetString(rest.Trim("\n\r "u8))),
            KeyEncoding.Hex => Decoded(Encoding.Latin1.GetString(rest.Trim("\n\r "u8)), SignatureEncoding.Hex),
            _ => rest.ToArray(),
        };
    }

    private static byte[]? Decoded(ReadOnlySpan<char> text, SignatureEncoding encoding)
    {
        if (encoding is SignatureEncoding.Base64 or SignatureEncoding.Base64Url) return text.Length > 1024 ? null : Base64Of(text);
        if (text.Length is 0 or > 256 || text.Length % 2 != 0) return null;
        var bytes = new byte[text.Length / 2];
        return Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done ? bytes : null;
    }

    private static byte[]? Base64Of(ReadOnlySpan<char> text)
    {
        var url = text.TrimEnd('=').ToString().Replace('+', '-').Replace('/', '_');
        return Base64Url.IsValid(url) ? Base64Url.DecodeFromChars(url) : null;
    }

    private static Fault Unfit(string subject, string message) => new(FaultKind.UnfitValue, subject, message);
}
