using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Patchbay.Protocols.Http;

/// <summary>
/// Signs each request with AWS Signature Version 4, in the header <c>Authorization</c>. Covered are method, path, query, the headers
/// <c>Host</c>, <c>Content-Type</c> and all <c>X-Amz-*</c>, and the body.
/// </summary>
public sealed class AwsSignatureV4Credential : IRequestCredential
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string DateHeader = "X-Amz-Date";
    private const string TokenHeader = "X-Amz-Security-Token";
    private const string PayloadHashHeader = "X-Amz-Content-Sha256";
    private const string SignedPrefix = "x-amz-";
    private const string UnsignedPayload = "UNSIGNED-PAYLOAD";
    private const int LongestToken = 8 * 1024;

    private static readonly SearchValues<char> ScopeCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.*");

    private readonly AwsSignatureV4Options _options;
    private readonly TimeProvider _time;

    private AwsSignatureV4Credential(AwsSignatureV4Options options, TimeProvider time)
    {
        _options = options;
        _time = time;
    }

    /// <inheritdoc/>
    public bool NeedsBody => !_options.UnsignedPayload;

    /// <inheritdoc/>
    public bool Signs => true;

    /// <summary>Makes a credential.</summary>
    /// <param name="options">Whose, and for which service.</param>
    /// <param name="time">The clock; the service refuses a time that is far from its own.</param>
    /// <returns>
    /// The credential, or every fault. Subjects are <c>accessKeyId</c>, <c>secretAccessKey</c>, <c>sessionToken</c>, <c>region</c> and
    /// <c>service</c>.
    /// </returns>
    public static Outcome<AwsSignatureV4Credential> Create(AwsSignatureV4Options options, TimeProvider time)
    {
        var faults = new List<Fault>();
        JudgeScope("accessKeyId", options.AccessKeyId, faults);
        if (options.SecretAccessKey.Length == 0) faults.Add(Unfit("secretAccessKey", "The secret access key is empty."));
        if (options.SessionToken is { } token && (token.Length is 0 or > LongestToken || token.AsSpan().ContainsAnyExceptInRange('!', '~')))
        {
            faults.Add(Unfit("sessionToken", "The session token is empty, too long, or holds a character that no token has."));
        }

        JudgeScope("region", options.Region, faults);
        JudgeScope("service", options.Service, faults);
        return faults.Count == 0 ? Outcome.Of(new AwsSignatureV4Credential(options, time)) : Outcome.Of<AwsSignatureV4Credential>(faults);
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The body is signed, there is one, and it was not read.</exception>
    public void Apply(OutgoingRequest request)
    {
        var timestamp = _time.GetUtcNow().UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var payloadHash = _options.UnsignedPayload ? UnsignedPayload : Convert.ToHexStringLower(SHA256.HashData(request.SignedBody));
        request.SetHeader(DateHeader, timestamp);
        if (_options.PayloadHashIsSent || request.HeaderValue(PayloadHashHeader) is not null) request.SetHeader(PayloadHashHeader, payloadHash);

        // A caller's token belongs to another key.
        if (_options.SessionToken is { } token) request.SetHeader(TokenHeader, token);
        else request.RemoveHeader(TokenHeader);

        var headers = SignedHeaders(request);
        var names = string.Join(';', headers.Keys);
        var canonical = CanonicalRequest(request, headers, names, payloadHash);

        var date = timestamp[..8];
        var scope = $"{date}/{_options.Region}/{_options.Service}/aws4_request";
        var textToSign = $"{Algorithm}\n{timestamp}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Bytes(canonical)))}";
        var signature = Convert.ToHexStringLower(Hmac(SigningKey(date), textToSign));
        request.SetHeader("Authorization", $"{Algorithm} Credential={_options.AccessKeyId}/{scope}, SignedHeaders={names}, Signature={signature}");
    }

    private static SortedDictionary<string, string> SignedHeaders(OutgoingRequest request)
    {
        var headers = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["host"] = request.Target.Origin.Authority };
        foreach (var (name, value) in request.Headers)
        {
            if (name.StartsWith(SignedPrefix, StringComparison.OrdinalIgnoreCase) || name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
            {
                headers[name.ToLowerInvariant()] = AwsCanonicalText.HeaderValue(value);
            }
        }

        return headers;
    }

    private static void JudgeScope(string subject, string text, List<Fault> faults)
    {
        // They stand in the scope between slashes and in the header between commas.
        if (text.Length is 0 or > 128 || text.AsSpan().ContainsAnyExcept(ScopeCharacters))
        {
            faults.Add(Unfit(subject, $"The {subject} is empty, too long, or holds a character that cannot stand there."));
        }
    }

    private static Fault Unfit(string subject, string message) => new(FaultKind.UnfitValue, subject, message);

    // Header values hold one character for each byte already.
    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Bytes(text));

    private string CanonicalRequest(OutgoingRequest request, SortedDictionary<string, string> headers, string names, string payloadHash)
    {
        var canonical = new StringBuilder()
            .Append(request.Method).Append('\n')
            .Append(AwsCanonicalText.Path(request.Target.Path, _options.PathIsNormalised)).Append('\n')
            .Append(AwsCanonicalText.Query(request.Target.Query)).Append('\n');
        foreach (var (name, value) in headers) canonical.Append(name).Append(':').Append(value).Append('\n');
        return canonical.Append('\n').Append(names).Append('\n').Append(payloadHash).ToString();
    }

    private byte[] SigningKey(string date)
    {
        var key = Hmac(Encoding.UTF8.GetBytes($"AWS4{_options.SecretAccessKey}"), date);
        key = Hmac(key, _options.Region);
        key = Hmac(key, _options.Service);
        return Hmac(key, "aws4_request");
    }
}
