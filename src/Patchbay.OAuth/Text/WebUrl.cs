using System.Buffers;
using System.Text;

namespace Patchbay.OAuth.Text;

/// <summary>
/// URLs of endpoints: absolute, http or https, without user name, password and fragment (RFC 6749, 3.1 and 3.2). They may have placeholders.
/// </summary>
internal static class WebUrl
{
    /// <summary>In characters.</summary>
    public const int MaxLength = 4096;

    /// <summary>In characters, with the parameters that a request adds; servers refuse longer ones.</summary>
    public const int MaxLengthWithQuery = 64 * 1024;

    private static readonly SearchValues<char> LabelCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-");

    private enum Place
    {
        Origin,
        Host,
        Path,
        Query,
    }

    /// <summary>What is wrong with a URL, or null.</summary>
    /// <param name="text">The URL.</param>
    /// <param name="placeholders">Whether it may have placeholders: at the start for an origin, in the host, the path and the query.</param>
    public static string? WhyNot(string text, bool placeholders = false)
    {
        if (text.Length > MaxLength) return $"is longer than {MaxLength} characters";
        if (PlaceholderText.HasAny(text))
        {
            if (!placeholders) return "has a placeholder that was not replaced";
            var faults = new List<OAuthFault>();
            text = Fill(text, _ => "x", _ => "https://x", "", faults);
            if (faults.Count > 0) return faults[0].Message;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
        {
            return "must be an absolute http or https URL";
        }

        if (uri.Host.Length == 0) return "has no host";
        if (uri.UserInfo.Length > 0) return "has a user name in it";
        if (text.Contains('#', StringComparison.Ordinal)) return "has a fragment";
        return text.Any(character => char.IsControl(character) || char.IsWhiteSpace(character) || character == '\\')
            ? "has a space, a backslash or a control character in it"
            : null;
    }

    /// <summary>Adds form-encoded parameters to a URL, behind those that it has.</summary>
    public static string WithQuery(string url, string parameters)
    {
        if (parameters.Length == 0) return url;
        if (url.EndsWith('?') || url.EndsWith('&')) return url + parameters;
        return $"{url}{(url.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{parameters}";
    }

    /// <summary>Puts values in, each checked and escaped for the place where it stands.</summary>
    public static string Expand(string text, Func<string, string?> valueOf, string field, List<OAuthFault> faults)
    {
        if (!PlaceholderText.HasAny(text)) return text;
        var before = faults.Count;
        var url = Fill(text, valueOf, valueOf, field, faults);
        if (faults.Count == before && WhyNot(url) is { } why) faults.Add(new OAuthFault(field, why));
        return url;
    }

    /// <summary>
    /// Whether variables decide which host is asked. They do not where the host ends in at least two literal labels, as in
    /// <c>{{shop}}.example.com</c>.
    /// </summary>
    public static bool HasFreeHost(string text)
    {
        if (!PlaceholderText.HasAny(text)) return false;
        if (text.StartsWith("{{", StringComparison.Ordinal)) return true;
        var start = text.IndexOf("://", StringComparison.Ordinal);
        if (start < 0) return true;
        var host = text[(start + 3)..];
        var open = host.LastIndexOf("}}", AuthorityEnd(host), StringComparison.Ordinal);
        if (open < 0) return false;
        var suffix = host[(open + 2)..AuthorityEnd(host)].Split(':')[0];
        return !suffix.StartsWith('.') || suffix.Split('.', StringSplitOptions.RemoveEmptyEntries).Length < 2;
    }

    private static int AuthorityEnd(string rest) => rest.AsSpan().IndexOfAny("/?#") is var end and >= 0 ? end : rest.Length;

    private static string Fill(string text, Func<string, string?> valueOf, Func<string, string?> originOf, string field, List<OAuthFault> faults)
    {
        var url = new StringBuilder();
        Place? place = null;
        foreach (var (literal, name) in PlaceholderText.Split(text))
        {
            if (place == Place.Origin && (literal.Length == 0 ? name is not null : literal[0] is not ('/' or '?')))
            {
                Add("has something else than a path or a query behind the placeholder that it begins with");
            }

            url.Append(literal);
            if (name is null) continue;
            place = PlaceAt(url);
            if (name.Length == 0) Add("has a malformed placeholder");
            else if (place is null) Add($"has the placeholder {name} where none can stand: in the scheme, the user name or the port");
            else if ((place == Place.Origin ? originOf(name) : valueOf(name)) is not { } value) Add($"needs a value for {name}");
            else if (WhyUnfit(value, place.Value) is { } why) Add($"cannot be made: the value of {name} {why}");
            else url.Append(place switch { Place.Origin => value.TrimEnd('/'), Place.Host => value, _ => Uri.EscapeDataString(value) });
        }

        return url.ToString();

        void Add(string message) => faults.Add(new OAuthFault(field, message));
    }

    private static Place? PlaceAt(StringBuilder built)
    {
        if (built.Length == 0) return Place.Origin;
        var text = built.ToString();
        var mark = text.IndexOf("://", StringComparison.Ordinal);
        if (mark < 0) return null;
        var rest = text[(mark + 3)..];
        if (rest.Contains('?', StringComparison.Ordinal)) return Place.Query;
        if (rest.Contains('/', StringComparison.Ordinal)) return Place.Path;
        return rest.AsSpan().ContainsAny(":@[") ? null : Place.Host;
    }

    private static string? WhyUnfit(string value, Place place) => place switch
    {
        Place.Origin => WhyNot(value) ?? (value.Contains('?', StringComparison.Ordinal) ? "has a query" : null),
        Place.Host when !value.Split('.').All(IsLabel) => "is not one or more DNS labels, as it must be in a host",
        Place.Path when value.Length == 0 || value is "." or ".." => "would change the path",
        _ => null,
    };

    private static bool IsLabel(string text) =>
        text.Length > 0 && !text.AsSpan().ContainsAnyExcept(LabelCharacters) && text[0] != '-' && text[^1] != '-';
}
