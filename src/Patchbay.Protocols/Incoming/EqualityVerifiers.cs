using System.Security.Cryptography;
using System.Text;
using Patchbay.Protocols.Http;

namespace Patchbay.Protocols.Incoming;

/// <summary>A fixed value in a header, query parameter or cookie.</summary>
public sealed class KeyVerifier : IRequestVerifier
{
    private readonly ProofPlace _place;
    private readonly byte[][] _hashes;

    /// <param name="place">Where it stands.</param>
    /// <param name="name">The name of the header, query parameter or cookie.</param>
    /// <param name="values">The values that are good.</param>
    public KeyVerifier(CredentialPlace place, string name, IEnumerable<string> values)
    {
        _place = new ProofPlace(place, name);
        _hashes = [.. values.Select(v => SHA256.HashData(Encoding.UTF8.GetBytes(v)))];
    }

    /// <inheritdoc/>
    public IReadOnlyList<ProofPlace> Places => [_place];

    /// <inheritdoc/>
    public Verification Verify(IncomingRequest request, DateTimeOffset now)
    {
        if (request.At(_place.In, _place.Name) is not { } value) return Verification.Missing;
        // A header has a character for each byte; a query is decoded.
        var bytes = _place.In == CredentialPlace.Query ? Encoding.UTF8.GetBytes(value) : Encoding.Latin1.GetBytes(value);
        return EqualsAny(bytes, _hashes) ? Verification.Passed : Verification.Mismatch;
    }

    /// <summary>Whether bytes have one of the hashes; hashed, so that not even a length can be measured.</summary>
    internal static bool EqualsAny(ReadOnlySpan<byte> bytes, byte[][] hashes)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(bytes, hash);
        var equals = false;
        foreach (var good in hashes) equals |= CryptographicOperations.FixedTimeEquals(hash, good);
        return equals;
    }
}

/// <summary>A user name and a password by HTTP Basic authentication (RFC 7617).</summary>
public sealed class BasicVerifier : IRequestVerifier
{
    private const string Header = "Authorization";
    private const string Scheme = "Basic ";

    private readonly byte[][] _hashes;

    /// <param name="pairs">The user names and passwords that are good.</param>
    public BasicVerifier(IEnumerable<(string User, string Password)> pairs) =>
        _hashes = [.. pairs.Select(p => SHA256.HashData(Encoding.UTF8.GetBytes($"{p.User}:{p.Password}")))];

    /// <inheritdoc/>
    public IReadOnlyList<ProofPlace> Places { get; } = [new ProofPlace(CredentialPlace.Header, Header)];

    /// <inheritdoc/>
    public Verification Verify(IncomingRequest request, DateTimeOffset now)
    {
        if (request.Header(Header) is not { } value) return Verification.Missing;
        if (!value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return Verification.Malformed;
        var text = value.AsSpan(Scheme.Length).Trim();
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64Chars(text, bytes, out var length)) return Verification.Malformed;
        return KeyVerifier.EqualsAny(bytes.AsSpan(0, length), _hashes) ? Verification.Passed : Verification.Mismatch;
    }
}

/// <summary>No proof: whoever knows the address may send.</summary>
public sealed class NoVerifier : IRequestVerifier
{
    /// <summary>The one that there is.</summary>
    public static readonly NoVerifier Instance = new();

    private NoVerifier()
    {
    }

    /// <inheritdoc/>
    public IReadOnlyList<ProofPlace> Places => [];

    /// <inheritdoc/>
    public Verification Verify(IncomingRequest request, DateTimeOffset now) => Verification.Passed;
}
