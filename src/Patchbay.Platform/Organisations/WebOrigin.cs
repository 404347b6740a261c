namespace Patchbay.Platform.Organisations;

/// <summary>Origins of web pages, spelt as browsers spell them (RFC 6454, section 6.2), since they are compared as text.</summary>
internal static class WebOrigin
{
    public const int MaxLength = 300;

    /// <summary>The origin of an http or https URL.</summary>
    public static string Of(Uri url)
    {
        var host = url.HostNameType == UriHostNameType.IPv6 ? url.Host : url.IdnHost;
        return $"{url.Scheme}://{host}{(url.IsDefaultPort ? "" : $":{url.Port}")}";
    }

    /// <summary>What is wrong with an origin, or null. It must be exact: no path, no wildcard, no default port.</summary>
    public static string? WhyNot(string text)
    {
        if (text.Length > MaxLength)
            return $"is longer than {MaxLength} characters";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.HostNameType == UriHostNameType.Unknown
            || url.Host.Contains('*', StringComparison.Ordinal))
        {
            return "must be an exact origin such as https://app.example.com";
        }

        return Of(url) is var exact && exact == text ? null : $"must be an exact origin: {exact}";
    }
}
