using System.Text;

namespace Patchbay.Protocols.Http;

/// <summary>
/// What a connection adds to each request to show who it is. It is made once and validated then; applying it cannot fail. Several are applied
/// in order, and a later one replaces what an earlier one or the caller set under the same name.
/// </summary>
public interface IRequestCredential
{
    /// <summary>
    /// Whether it covers the bytes of the body. The body is then read before the credential is applied, and given as
    /// <see cref="OutgoingRequest.Body"/>.
    /// </summary>
    bool NeedsBody => false;

    /// <summary>
    /// Whether it covers what the request is made of, so that a change afterwards would spoil it. Such credentials are applied after the
    /// others, in their order (<see cref="RequestCredentialOrder.SigningLast"/>).
    /// </summary>
    bool Signs => false;

    /// <summary>Adds the credential to a request. Safe for concurrent use with different requests.</summary>
    /// <param name="request">The request, bound for a place that the credential may go to.</param>
    void Apply(OutgoingRequest request);
}

/// <summary>Nothing at all.</summary>
public sealed class NoCredential : IRequestCredential
{
    private NoCredential()
    {
    }

    /// <summary>The only one.</summary>
    public static NoCredential Instance { get; } = new();

    /// <inheritdoc/>
    public void Apply(OutgoingRequest request)
    {
        // There is nothing to show.
    }
}

/// <summary>A secret as the whole value of a header; with the name <c>Authorization</c>, a bearer token (RFC 6750).</summary>
public sealed class HeaderCredential : IRequestCredential
{
    private readonly string _name;
    private readonly string _value;

    private HeaderCredential(string name, string value)
    {
        _name = name;
        _value = value;
    }

    /// <summary>Makes a credential.</summary>
    /// <param name="name">The header's name.</param>
    /// <param name="value">Its value, one line. Beyond ASCII it is sent as UTF-8.</param>
    /// <returns>The credential, or a fault whose subject is <c>name</c> or <c>value</c>.</returns>
    public static Outcome<HeaderCredential> Create(string name, string value)
    {
        var faults = CredentialRules.Header(name, value);
        return faults.Count == 0 ? Outcome.Of(new HeaderCredential(name, HeaderText.ToWire(value))) : Outcome.Of<HeaderCredential>(faults);
    }

    /// <inheritdoc/>
    public void Apply(OutgoingRequest request) => request.SetHeader(_name, _value);
}

/// <summary>A secret as a query parameter.</summary>
public sealed class QueryCredential : IRequestCredential
{
    private readonly string _name;
    private readonly string _pair;

    private QueryCredential(string name, string value)
    {
        _name = name;
        _pair = RawQuery.Pair(name, value);
    }

    /// <summary>Makes a credential.</summary>
    /// <param name="name">The parameter's name, not encoded.</param>
    /// <param name="value">Its value, not encoded.</param>
    /// <returns>The credential, or a fault whose subject is <c>name</c>.</returns>
    public static Outcome<QueryCredential> Create(string name, string value)
    {
        var faults = CredentialRules.Query(name);
        return faults.Count == 0 ? Outcome.Of(new QueryCredential(name, value)) : Outcome.Of<QueryCredential>(faults);
    }

    /// <inheritdoc/>
    public void Apply(OutgoingRequest request) => request.SetQueryParameter(_name, _pair);
}

/// <summary>A secret as a cookie (RFC 6265).</summary>
public sealed class CookieCredential : IRequestCredential
{
    private readonly string _name;
    private readonly string _value;

    private CookieCredential(string name, string value)
    {
        _name = name;
        _value = value;
    }

    /// <summary>Makes a credential.</summary>
    /// <param name="name">The cookie's name.</param>
    /// <param name="value">Its value, sent as it is, beyond ASCII as UTF-8.</param>
    /// <returns>The credential, or a fault whose subject is <c>name</c> or <c>value</c>.</returns>
    public static Outcome<CookieCredential> Create(string name, string value)
    {
        var faults = CredentialRules.Cookie(name, value);
        return faults.Count == 0 ? Outcome.Of(new CookieCredential(name, HeaderText.ToWire(value))) : Outcome.Of<CookieCredential>(faults);
    }

    /// <inheritdoc/>
    public void Apply(OutgoingRequest request) => request.SetCookie(_name, _value);
}

/// <summary>User name and password (RFC 7617), in UTF-8.</summary>
public sealed class BasicCredential : IRequestCredential
{
    private const string Header = "Authorization";

    private readonly string _value;

    private BasicCredential(string value) => _value = value;

    /// <summary>Makes a credential.</summary>
    /// <param name="username">Without a colon, which would be taken for the end of it; may be empty.</param>
    /// <param name="password">May be empty.</param>
    /// <returns>The credential, or faults whose subjects are <c>username</c> and <c>password</c>.</returns>
    public static Outcome<BasicCredential> Create(string username, string password)
    {
        var faults = new List<Fault>();
        if (username.Contains(':', StringComparison.Ordinal)) faults.Add(new Fault(FaultKind.UnfitValue, "username", "The user name has a colon in it."));
        if (username.Any(char.IsControl)) faults.Add(new Fault(FaultKind.UnfitValue, "username", "The user name has a control character in it."));
        if (password.Any(char.IsControl)) faults.Add(new Fault(FaultKind.UnfitValue, "password", "The password has a control character in it."));
        return faults.Count == 0
            ? Outcome.Of(new BasicCredential($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}"))}"))
            : Outcome.Of<BasicCredential>(faults);
    }

    /// <inheritdoc/>
    public void Apply(OutgoingRequest request) => request.SetHeader(Header, _value);
}
