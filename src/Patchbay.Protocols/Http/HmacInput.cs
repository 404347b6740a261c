namespace Patchbay.Protocols.Http;

internal enum HmacInputKind
{
    Body,
    Url,
    Method,
    Path,
    Target,
    Timestamp,
    Header,
}

/// <summary>One thing that an HMAC covers.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Header">The name of the header, where it is one.</param>
internal readonly record struct HmacInput(HmacInputKind Kind, string Header = "")
{
    private const string HeaderMark = "header:";

    /// <summary>Reads one of <see cref="HmacOptions.DigestInputs"/>.</summary>
    public static HmacInput? Parse(string text) => text switch
    {
        "body" => new HmacInput(HmacInputKind.Body),
        "url" => new HmacInput(HmacInputKind.Url),
        "method" => new HmacInput(HmacInputKind.Method),
        "path" => new HmacInput(HmacInputKind.Path),
        "target" => new HmacInput(HmacInputKind.Target),
        "timestamp" => new HmacInput(HmacInputKind.Timestamp),
        _ when text.StartsWith(HeaderMark, StringComparison.Ordinal) && HeaderText.IsToken(text.AsSpan(HeaderMark.Length)) =>
            new HmacInput(HmacInputKind.Header, text[HeaderMark.Length..]),
        _ => null,
    };
}
