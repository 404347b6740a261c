using System.Text;
using Patchbay.OAuth.OAuth1;
using Patchbay.Protocols.Http;

namespace Patchbay.Platform.Credentials;

/// <summary>
/// Signs requests with a consumer and a token (RFC 5849, section 3). The parameters go in the header or the query; the body passes as it
/// is, so that a provider whose token requests carry them in a form gets them in the header here (section 3.5: the first choice).
/// </summary>
internal sealed class OAuth1Credential : IRequestCredential
{
    private const string Form = "application/x-www-form-urlencoded";

    private readonly OAuth1Signer _signer;
    private readonly TimeProvider _clock;

    private OAuth1Credential(OAuth1Signer signer, bool coversForms, TimeProvider clock) => (_signer, NeedsBody, _clock) = (signer, coversForms, clock);

    /// <summary>A form's fields are signed (section 3.4.1.3.1), and only the body can tell them; without a signature nothing is.</summary>
    public bool NeedsBody { get; }

    public bool Signs => true;

    /// <summary>Makes a credential that was seen to sign.</summary>
    /// <param name="profile">The provider, with variables put in.</param>
    /// <param name="credentials">What to sign with.</param>
    /// <param name="clock">The clock of the timestamps.</param>
    /// <param name="path">The path of the credential's data in the request.</param>
    public static Outcome<OAuth1Credential> Create(OAuth1Profile profile, OAuth1Credentials credentials, TimeProvider clock, string path)
    {
        var placed = profile.Placement == OAuth1Placement.Body ? profile with { Placement = OAuth1Placement.Header } : profile;
        var signer = new OAuth1Signer(placed, credentials);
        return signer.Sign("GET", "https://any.example/", null, clock.GetUtcNow()).TryGet(out _, out var faults)
            ? new OAuth1Credential(signer, placed.SignatureMethod != OAuth1SignatureMethod.Plaintext, clock)
            : Failure.InvalidFields([.. faults.Select(f => new FieldFault($"{path}.{(f.Field == "key" ? "consumerSecret" : f.Field)}", f.Message))]);
    }

    public void Apply(OutgoingRequest request)
    {
        if (!_signer.Sign(request.Method, request.Url, FormOf(request), _clock.GetUtcNow()).TryGet(out var signed, out var unsigned))
            throw new InvalidOperationException($"A request cannot be signed any more: {unsigned[0].Field} {unsigned[0].Message}.");
        var faults = signed.Placement == OAuth1Placement.Query
            ? request.TryAppendQuery(signed.Text)
            : request.TrySetHeader("Authorization", signed.Text);
        if (faults.Count > 0)
            throw new InvalidOperationException($"A signature cannot be sent: {faults[0].Message}");
    }

    private static string? FormOf(OutgoingRequest request)
    {
        if (request.Body is not { } body || request.HeaderValue("Content-Type") is not { } type)
            return null;
        var end = type.IndexOf(';', StringComparison.Ordinal);
        return type.AsSpan(0, end < 0 ? type.Length : end).Trim().Equals(Form, StringComparison.OrdinalIgnoreCase) ? Encoding.UTF8.GetString(body.Span) : null;
    }
}
