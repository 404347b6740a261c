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

    /// <summary>Sets a header in place of any of its name.</summary>
    /// <param name="name">A name that a credential may have.</param>
    /// <param name="value">One line, one character for each byte.</param>
    internal void SetHeader(string name, string value)
    {
        Message.Headers.Remove(name);
        Message.Headers.TryAddWithoutValidation(name, value);
    }

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

    /// <summary>Writes address and cookies into the message, once all credentials are applied.</summary>
    public void Complete()
    {
        Message.RequestUri = Target.ToUri();
        if (_cookies is null) return;

        // A header credential may have set the field already. There may be one field only (RFC 6265, 5.4).
        var cookies = string.Join("; ", _cookies.Select(cookie => $"{cookie.Name}={cookie.Value}"));
        SetHeader(CookieHeader, Message.Headers.NonValidated.TryGetValues(CookieHeader, out var set) ? $"{set}; {cookies}" : cookies);
    }
}
