using System.Collections.Frozen;

namespace Patchbay.OAuth.Tokens;

/// <summary>The error codes of token endpoints: those of the RFCs with what they mean to us, and providers' own words for the same things.</summary>
internal static class ErrorCodes
{
    /// <summary>Said by us of a failure without any code.</summary>
    public const string None = "unspecified_error";

    // RFC 6749, 4.1.2.1 and 5.2; RFC 7009, 2.2.1; RFC 8707, 2; OpenID Connect Core, 3.1.2.6.
    private static readonly FrozenDictionary<string, (RefusalKind Kind, bool Definitive)> Refusals =
        new Dictionary<string, (RefusalKind, bool)>(StringComparer.Ordinal)
        {
            ["invalid_grant"] = (RefusalKind.DeadGrant, true),
            ["invalid_client"] = (RefusalKind.Client, true),
            ["unauthorized_client"] = (RefusalKind.Client, true),
            ["unsupported_grant_type"] = (RefusalKind.Request, true),
            ["unsupported_token_type"] = (RefusalKind.Request, true),
            ["invalid_scope"] = (RefusalKind.Request, true),
            ["invalid_target"] = (RefusalKind.Request, true),

            // Servers use it for whatever they could not make sense of, bad moments of their own included.
            ["invalid_request"] = (RefusalKind.Request, false),
            ["consent_required"] = (RefusalKind.UserAction, true),
            ["login_required"] = (RefusalKind.UserAction, true),
            ["interaction_required"] = (RefusalKind.UserAction, true),

            // Also the answer of policies that depend on the hour and the network.
            ["access_denied"] = (RefusalKind.UserAction, false),
        }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, UnavailableKind> Outages = new Dictionary<string, UnavailableKind>(StringComparer.Ordinal)
    {
        ["temporarily_unavailable"] = UnavailableKind.ServerError,
        ["server_error"] = UnavailableKind.ServerError,
        ["slow_down"] = UnavailableKind.RateLimited,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    // Words that mean one thing wherever they are used. What only one provider says belongs into its profile.
    private static readonly FrozenDictionary<string, string> Synonyms = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["bad_verification_code"] = "invalid_grant",
        ["bad_auth_code"] = "invalid_grant",
        ["invalid_code"] = "invalid_grant",
        ["invalid_auth_code"] = "invalid_grant",
        ["code_already_used"] = "invalid_grant",
        ["code_expired"] = "invalid_grant",
        ["bad_refresh_token"] = "invalid_grant",
        ["invalid_refresh_token"] = "invalid_grant",
        ["refresh_token_expired"] = "invalid_grant",
        ["expired_refresh_token"] = "invalid_grant",
        ["token_expired"] = "invalid_grant",
        ["token_revoked"] = "invalid_grant",
        ["incorrect_client_credentials"] = "invalid_client",
        ["bad_client_secret"] = "invalid_client",
        ["bad_client_id"] = "invalid_client",
        ["invalid_client_id"] = "invalid_client",
        ["invalid_client_secret"] = "invalid_client",
        ["redirect_uri_mismatch"] = "invalid_request",
        ["bad_redirect_uri"] = "invalid_request",
        ["ratelimited"] = "slow_down",
        ["rate_limited"] = "slow_down",
        ["rate_limit_exceeded"] = "slow_down",
        ["rate_limit"] = "slow_down",
        ["too_many_requests"] = "slow_down",
        ["service_unavailable"] = "temporarily_unavailable",
        ["internal_error"] = "server_error",
        ["internal_server_error"] = "server_error",
        ["fatal_error"] = "server_error",
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>The codes that a profile can map its provider's to.</summary>
    public static IReadOnlyList<string> Known { get; } = [.. Refusals.Keys.Concat(Outages.Keys).Order(StringComparer.Ordinal)];

    public static bool IsKnown(string code) => Refusals.ContainsKey(code) || Outages.ContainsKey(code);

    /// <summary>The code of an RFC that a provider's code stands for, or that code itself.</summary>
    /// <param name="code">What the provider says.</param>
    /// <param name="ownCodes">The profile's map, which comes first.</param>
    public static string Standard(string code, IReadOnlyDictionary<string, string>? ownCodes)
    {
        foreach (var (own, meaning) in ownCodes ?? FrozenDictionary<string, string>.Empty)
        {
            if (own.Equals(code, StringComparison.OrdinalIgnoreCase)) return meaning;
        }

        if (IsKnown(code.ToLowerInvariant())) return code.ToLowerInvariant();
        return Synonyms.TryGetValue(code, out var standard) ? standard : code;
    }

    public static (RefusalKind Kind, bool Definitive) Refusal(string code) =>
        Refusals.TryGetValue(code, out var found) ? found : (RefusalKind.Unknown, false);

    public static bool IsOutage(string code, out UnavailableKind kind) => Outages.TryGetValue(code, out kind);
}
