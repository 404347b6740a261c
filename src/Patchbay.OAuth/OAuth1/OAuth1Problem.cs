using System.Collections.Frozen;
using Patchbay.OAuth.Answers;
using Patchbay.OAuth.Http;
using Patchbay.OAuth.Profiles;
using Patchbay.OAuth.Text;
using Patchbay.OAuth.Tokens;

namespace Patchbay.OAuth.OAuth1;

/// <summary>
/// Makes a failure of an answer. RFC 5849, 3.2 has statuses only: 401 for credentials or a signature that are wrong. Many servers add the
/// parameter <c>oauth_problem</c> of a draft that was never finished.
/// </summary>
internal static class OAuth1Problem
{
    private const int Unauthorized = 401;

    private static readonly FrozenDictionary<string, RefusalKind> Kinds = new Dictionary<string, RefusalKind>(StringComparer.Ordinal)
    {
        ["token_used"] = RefusalKind.DeadGrant,
        ["token_expired"] = RefusalKind.DeadGrant,
        ["token_revoked"] = RefusalKind.DeadGrant,
        ["token_rejected"] = RefusalKind.DeadGrant,
        ["verifier_invalid"] = RefusalKind.DeadGrant,
        ["user_refused"] = RefusalKind.UserAction,
        ["permission_denied"] = RefusalKind.UserAction,
        ["permission_unknown"] = RefusalKind.UserAction,
        ["additional_authorization_required"] = RefusalKind.UserAction,
        ["consumer_key_unknown"] = RefusalKind.Client,
        ["consumer_key_rejected"] = RefusalKind.Client,
        ["consumer_key_refused"] = RefusalKind.Client,
        ["signature_invalid"] = RefusalKind.Client,
        ["signature_method_rejected"] = RefusalKind.Request,
        ["parameter_absent"] = RefusalKind.Request,
        ["parameter_rejected"] = RefusalKind.Request,
        ["version_rejected"] = RefusalKind.Request,
        ["timestamp_refused"] = RefusalKind.Request,
        ["nonce_used"] = RefusalKind.Request,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static EndpointFailure Read(ReceivedAnswer received, Answer answer, bool isTemporary, ForeignText foreign)
    {
        if (answer.Text("oauth_problem") is { } problem)
        {
            var code = foreign.Clean(problem) ?? ErrorCodes.None;
            var kind = Kinds.GetValueOrDefault(problem, RefusalKind.Unknown);
            var advice = foreign.Clean(answer.Text("oauth_problem_advice"));
            return new EndpointFailure.Refused(kind, code, code, advice, received.Status, definitive: kind is RefusalKind.DeadGrant or RefusalKind.Client);
        }

        if (received.Status == Unauthorized)
        {
            return new EndpointFailure.Refused(
                isTemporary ? RefusalKind.Client : RefusalKind.DeadGrant, "unauthorized", "unauthorized", description: null, received.Status, definitive: false);
        }

        return FailureAnswer.Read(received, answer, new TokenAnswerShape { AccessToken = "oauth_token" }, foreign);
    }
}
