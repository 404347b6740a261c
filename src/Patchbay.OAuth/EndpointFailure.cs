namespace Patchbay.OAuth;

/// <summary>What a refusal says about whose fault it is, and so about what helps.</summary>
public enum RefusalKind
{
    /// <summary>The grant is dead: the code, refresh token or assertion is invalid, expired or revoked (<c>invalid_grant</c>). The user connects again.</summary>
    DeadGrant,

    /// <summary>The user has to do something at the provider: consent, sign in, pass another check (<c>consent_required</c>, <c>access_denied</c>).</summary>
    UserAction,

    /// <summary>The client's id, secret or rights are wrong (<c>invalid_client</c>, <c>unauthorized_client</c>). Whoever owns the application mends it.</summary>
    Client,

    /// <summary>The request is wrong: its scopes, its grant type, a parameter (<c>invalid_scope</c>, <c>invalid_request</c>). The configuration is mended.</summary>
    Request,

    /// <summary>A code that says nothing to us. It may well pass.</summary>
    Unknown,
}

/// <summary>Why an endpoint could not be asked.</summary>
public enum UnavailableKind
{
    /// <summary>There was no connection, or it broke before the answer was complete. The other side may have acted all the same.</summary>
    Network,

    /// <summary>It took too long. The other side may have acted all the same.</summary>
    Timeout,

    /// <summary>Too many requests (status 429, or a code that says so).</summary>
    RateLimited,

    /// <summary>The server failed or is not ready (status 5xx, 408, 425, <c>temporarily_unavailable</c>, or a rule of the profile).</summary>
    ServerError,

    /// <summary>The answer is none that this endpoint gives: no JSON and no form, no token in it, a redirect.</summary>
    Unreadable,

    /// <summary>The answer is longer than the limit.</summary>
    TooLarge,
}

/// <summary>Why an endpoint gave nothing: exactly one of the three kinds inside. Nothing in it repeats a secret that was sent.</summary>
public abstract record EndpointFailure
{
    private EndpointFailure(string message) => Message = message;

    /// <summary>A sentence for a client's eyes; it names a host at most.</summary>
    public string Message { get; }

    /// <summary>The message.</summary>
    public sealed override string ToString() => Message;

    /// <summary>The endpoint understood the request and said no (RFC 6749, 5.2).</summary>
    public sealed record Refused : EndpointFailure
    {
        internal Refused(RefusalKind kind, string code, string providerCode, string? description, int status, bool definitive)
            : this(kind, code, providerCode, description, status, definitive, description is null
                ? $"The authorization server refused the request: {providerCode}."
                : $"The authorization server refused the request: {providerCode} ({description}).")
        {
        }

        internal Refused(RefusalKind kind, string code, string providerCode, string? description, int status, bool definitive, string message)
            : base(message)
        {
            Kind = kind;
            Code = code;
            ProviderCode = providerCode;
            Description = description;
            Status = status;
            Definitive = definitive;
        }

        /// <summary>Whose fault it is.</summary>
        public RefusalKind Kind { get; }

        /// <summary>The error code, as an RFC has it where the provider's own word is known to mean the same.</summary>
        public string Code { get; }

        /// <summary>The error code as the provider gave it: one line of at most 100 characters.</summary>
        public string ProviderCode { get; }

        /// <summary>What the provider says for people: one line of at most 300 characters without the secrets that were sent, or null.</summary>
        public string? Description { get; }

        /// <summary>The HTTP status.</summary>
        public int Status { get; }

        /// <summary>
        /// Whether the same request would be refused again at any time, so that the credential may be marked as broken. Where it is false,
        /// it is tried again later.
        /// </summary>
        public bool Definitive { get; }
    }

    /// <summary>The endpoint was not reached or not able to answer; asking again later may help, and nothing is known about the grant.</summary>
    public sealed record Unavailable : EndpointFailure
    {
        internal Unavailable(UnavailableKind kind, string message, int? status = null, TimeSpan? retryAfter = null, Exception? cause = null)
            : base(message)
        {
            Kind = kind;
            Status = status;
            RetryAfter = retryAfter;
            Cause = cause;
        }

        /// <summary>The kind.</summary>
        public UnavailableKind Kind { get; }

        /// <summary>The HTTP status, where there was one.</summary>
        public int? Status { get; }

        /// <summary>How long the server asks to be left alone (RFC 9110, 10.2.3): zero to one day, or null.</summary>
        public TimeSpan? RetryAfter { get; }

        /// <summary>
        /// What the handler threw, or null. For the caller who made the handler and can tell more from it, such as that the host is not
        /// allowed; not for a client's eyes.
        /// </summary>
        public Exception? Cause { get; }
    }

    /// <summary>The request could not be made from what was given, so nothing was sent: the configuration or the input is wrong.</summary>
    public sealed record NotSent : EndpointFailure
    {
        internal NotSent(IReadOnlyList<OAuthFault> faults)
            : base($"The request was not sent: {string.Join("; ", faults.Select(fault => $"{fault.Field} {fault.Message}"))}.") => Faults = faults;

        /// <summary>What is wrong; at least one.</summary>
        public IReadOnlyList<OAuthFault> Faults { get; }
    }
}
