namespace Patchbay.Protocols.Http;

/// <summary>
/// A request on its way out, while credentials are applied to it. A view of the message, to be used by one thread; nothing is copied but the
/// query when it changes.
/// </summary>
/// <param name="message">The message, which holds no cookies of a caller's.</param>
/// <param name="target">Where it goes.</param>
public sealed class OutgoingRequest(HttpRequestMessage message, RawTarget target)
{
    private const string CookieHeader = "Cookie";

    private List<(string Name, string Value)>? _cookies;

    /// <summary>The message. Its address is set by <see cref="Complete"/>.</summary>
    public HttpRequestMessage Message { get; } = message;

    /// <summary>Where the request goes, as changed so far.</summary>
    public RawTarget Target { get; private set; } = target;

    /// <summary>The HTTP method.</summary>
    public string Method => Message.Method.Method;

    /// <summary>
    /// The absolute URL as it goes over the wire, path and query in their raw form, as changed so far. It may hold a credential: not for logs.
    /// </summary>
    public string Url => Target.ToString();

    /// <summary>
    /// The body's bytes for credentials that sign them (<see cref="IRequestCredential.NeedsBody"/>), exactly as they are sent. Null where
    /// there is no body, or where it was not read because nothing needs it.
    /// </summary>
    public ReadOnlyMemory<byte>? Body { get; init; }

    /// <summary>
    /// The headers set so far, the body's among them, each with its values joined as they are sent; cookies of credentials are not among
    /// them before <see cref="Complete"/>. Values hold one character for each byte, and may be secret.
    /// </summary>
    public IEnumerable<KeyValuePair<string, string>> Headers
    {
        get
        {
            foreach (var (name, values) in Message.Headers.NonValidated) yield return new(name, values.ToString());
            if (Message.Content is null) yield break;
            foreach (var (name, values) in Message.Content.Headers.NonValidated) yield return new(name, values.ToString());
        }
    }

    /// <summary>The bytes that a signature covers: none where there is no body.</summary>
    /// <exception cref="InvalidOperationException">There is a body and it was not read: whoever made the request did not ask its credentials.</exception>
    internal ReadOnlySpan<byte> SignedBody =>
        Body is null && Message.Content is not null
            ? throw new InvalidOperationException("A credential signs the request's body, and the body was not read for it.")
            : Body.GetValueOrDefault().Span;

    /// <summary>The value of a header as it is sent, several joined, or null where it is not set.</summary>
    /// <param name="name">Its name in any case; the body's headers are found as well.</param>
    public string? HeaderValue(string name)
    {
        if (_cookies is not null && name.Equals(CookieHeader, StringComparison.OrdinalIgnoreCase)) return CookieValue(_cookies);
        return Message.Headers.NonValidated.TryGetValues(name, out var values)
            || (Message.Content?.Headers.NonValidated.TryGetValues(name, out values) ?? false)
                ? values.ToString()
                : null;
    }

    /// <summary>Sets a header in place of any of its name.</summary>
    /// <param name="name">The header's name; not one that belongs to the connection or the body.</param>
    /// <param name="value">Its value, one line. Beyond ASCII it is sent as UTF-8.</param>
    /// <returns>
    /// What keeps it from being set: faults whose subjects are <c>name</c> and <c>value</c>. None where it was set.
    /// </returns>
    public IReadOnlyList<Fault> TrySetHeader(string name, string value)
    {
        var faults = CredentialRules.Header(name, value);
        if (faults.Count == 0) SetHeader(name, HeaderText.ToWire(value));
        return faults;
    }

    /// <summary>Sets a query parameter in place of all of its name, at the query's end.</summary>
    /// <param name="name">The name, not encoded.</param>
    /// <param name="value">The value, not encoded.</param>
    /// <returns>What keeps it from being set: a fault whose subject is <c>name</c>. None where it was set.</returns>
    public IReadOnlyList<Fault> TrySetQueryParameter(string name, string value)
    {
        var faults = CredentialRules.Query(name);
        if (faults.Count == 0) SetQueryParameter(name, RawQuery.Pair(name, value));
        return faults;
    }

    /// <summary>Adds parameters to the end of the query, as they are.</summary>
    /// <param name="parameters">One or more, encoded, such as <c>a=b&amp;c=%20d</c>.</param>
    /// <returns>What keeps them from being added: a fault whose subject is <c>query</c>. None where they were added.</returns>
    public IReadOnlyList<Fault> TryAppendQuery(string parameters)
    {
        if (parameters.Length is 0 or > UrlText.MaxLength
            || parameters.AsSpan().ContainsAnyExceptInRange('!', '~')
            || parameters.Contains('#', StringComparison.Ordinal))
        {
            return [new Fault(FaultKind.UnfitValue, "query", "The parameters are empty, too long, or hold a character that must be encoded.")];
        }

        Target = Target.WithQuery(Target.Query is { Length: > 0 } query ? $"{query}&{parameters}" : parameters);
        return [];
    }

    /// <summary>Sets a cookie in place of one of its name.</summary>
    /// <param name="name">The cookie's name.</param>
    /// <param name="value">Its value, sent as it is, beyond ASCII as UTF-8.</param>
    /// <returns>
    /// What keeps it from being set: faults whose subjects are <c>name</c> and <c>value</c>. None where it was set.
    /// </returns>
    public IReadOnlyList<Fault> TrySetCookie(string name, string value)
    {
        var faults = CredentialRules.Cookie(name, value);
        if (faults.Count == 0) SetCookie(name, HeaderText.ToWire(value));
        return faults;
    }

    /// <summary>Sets a header in place of any of its name.</summary>
    /// <param name="name">A name that a credential may have.</param>
    /// <param name="value">One line, one character for each byte.</param>
    internal void SetHeader(string name, string value)
    {
        Message.Headers.Remove(name);
        Message.Headers.TryAddWithoutValidation(name, value);
    }

    /// <summary>Takes a header out.</summary>
    internal void RemoveHeader(string name) => Message.Headers.Remove(name);

    /// <summary>Sets a query parameter in place of all of its name.</summary>
    /// <param name="name">The name, not encoded.</param>
    /// <param name="pair">Name and value, encoded.</param>
    internal void SetQueryParameter(string name, string pair) => Target = Target.WithQuery(RawQuery.Set(Target.Query, name, pair.AsSpan()));

    /// <summary>Sets a cookie in place of one of its name.</summary>
    internal void SetCookie(string name, string value)
    {
        _cookies ??= [];
        _cookies.RemoveAll(cookie => cookie.Name == name);
        _cookies.Add((name, value));
    }

    /// <summary>Adds a cookie beside those of its name.</summary>
    internal void AddCookie(string name, string value) => (_cookies ??= []).Add((name, value));

    /// <summary>Writes address and cookies into the message, once all credentials are applied.</summary>
    public void Complete()
    {
        Message.RequestUri = Target.ToUri();
        if (_cookies is not null) SetHeader(CookieHeader, CookieValue(_cookies));
    }

    // A header credential may have set the field already. There may be one field only (RFC 6265, 5.4).
    private string CookieValue(List<(string Name, string Value)> cookies)
    {
        var joined = string.Join("; ", cookies.Select(cookie => $"{cookie.Name}={cookie.Value}"));
        return Message.Headers.NonValidated.TryGetValues(CookieHeader, out var set) ? $"{set}; {joined}" : joined;
    }
}
