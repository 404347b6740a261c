using System.Globalization;

namespace Patchbay.Protocols.Http;

/// <summary>
/// Where a request goes: scheme, host and port. Two are equal when all three are; the host is in lower case and Punycode, so that each place
/// has one origin only.
/// </summary>
public sealed record Origin
{
    private readonly string _text;

    private Origin(string scheme, string host, int port)
    {
        Scheme = scheme;
        Host = host;
        Port = port;
        Authority = HasDefaultPort ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{port}");
        _text = $"{scheme}://{Authority}";
    }

    /// <summary><c>http</c> or <c>https</c>.</summary>
    public string Scheme { get; }

    /// <summary>A name in lower case and Punycode, an IPv4 address, or an IPv6 address in brackets.</summary>
    public string Host { get; }

    /// <summary>From 1 to 65535.</summary>
    public int Port { get; }

    /// <summary>Whether the port is the scheme's own.</summary>
    public bool HasDefaultPort => Port == DefaultPort(Scheme);

    /// <summary>Host, and port where it is not the scheme's own: what the header <c>Host</c> holds (RFC 9110, 7.2).</summary>
    public string Authority { get; }

    /// <summary>The origin of an address.</summary>
    /// <param name="address">An absolute http or https URL.</param>
    /// <returns>The origin, or null where the address has none.</returns>
    public static Origin? Of(Uri address) =>
        address.IsAbsoluteUri && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps)
            ? Create(address.Scheme, address.HostNameType == UriHostNameType.IPv6 ? address.Host : address.IdnHost, address.Port)
            : null;

    /// <summary>Such as <c>https://api.example.com</c> or <c>http://127.0.0.1:8080</c>.</summary>
    public override string ToString() => _text;

    internal static Origin? Create(string scheme, string host, int port) =>
        port is >= 1 and <= 65535 && HostName.Normalise(host) is { } normal ? new Origin(scheme, normal, port) : null;

    internal static int DefaultPort(string scheme) => scheme == Uri.UriSchemeHttps ? 443 : 80;

    /// <summary>Reads digits as a port; anything else, an empty text too, is none.</summary>
    internal static int? ParsePort(string text) =>
        text.Length is >= 1 and <= 5
        && !text.AsSpan().ContainsAnyExceptInRange('0', '9')
        && int.Parse(text, CultureInfo.InvariantCulture) is >= 1 and <= 65535 and var port
            ? port
            : null;
}
