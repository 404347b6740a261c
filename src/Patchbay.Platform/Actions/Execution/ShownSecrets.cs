using System.Text;
using Patchbay.Protocols.Http;

namespace Patchbay.Platform.Actions.Execution;

/// <summary>
/// What the credentials of one request put into it. Some APIs answer with what they were asked, and no secret comes back out of here: where
/// one stands in an answer, it reads as the mark of what is withheld. Short ones are left alone; they stand in answers by chance.
/// </summary>
internal sealed class ShownSecrets
{
    private const int Shortest = 8;
    private const string Mark = "[redacted]";

    private readonly HashSet<string> _values = new(StringComparer.Ordinal);

    /// <summary>Applies credentials and notes what they set. What signatures set is good for the one request only, and no secret.</summary>
    public static ShownSecrets Apply(IReadOnlyList<IRequestCredential> credentials, OutgoingRequest request)
    {
        var shown = new ShownSecrets();
        var headers = request.Headers.ToDictionary(h => h.Key, h => h.Value, StringComparer.OrdinalIgnoreCase);
        var cookies = request.HeaderValue("Cookie") ?? "";
        var query = Parameters(request).ToHashSet(StringComparer.Ordinal);
        foreach (var credential in credentials.Where(c => !c.Signs))
            credential.Apply(request);
        foreach (var (name, value) in request.Headers)
        {
            if (headers.GetValueOrDefault(name) != value)
                shown.AddHeader(value);
        }

        foreach (var cookie in (request.HeaderValue("Cookie") ?? "").Split("; ").Except(cookies.Split("; "), StringComparer.Ordinal))
            shown.Add(cookie[(cookie.IndexOf('=', StringComparison.Ordinal) + 1)..]);
        foreach (var parameter in Parameters(request).Where(p => !query.Contains(p)))
            shown.Add(Uri.UnescapeDataString(parameter[(parameter.IndexOf('=', StringComparison.Ordinal) + 1)..]));
        foreach (var credential in credentials.Where(c => c.Signs))
            credential.Apply(request);
        return shown;
    }

    /// <summary>A text without the secrets.</summary>
    public string Withhold(string text)
    {
        foreach (var value in _values)
            text = text.Replace(value, Mark, StringComparison.Ordinal);
        return text;
    }

    /// <summary>Text or JSON in UTF-8 without the secrets; the same bytes where there are none in it.</summary>
    public byte[] Withhold(byte[] utf8)
    {
        var found = _values.Where(v => utf8.AsSpan().IndexOf(Encoding.UTF8.GetBytes(v)) >= 0 || utf8.AsSpan().IndexOf(Escaped(v)) >= 0).ToList();
        if (found.Count == 0)
            return utf8;
        var text = Encoding.UTF8.GetString(utf8);
        foreach (var value in found)
            text = text.Replace(value, Mark, StringComparison.Ordinal).Replace(Encoding.UTF8.GetString(Escaped(value)), Mark, StringComparison.Ordinal);
        return Encoding.UTF8.GetBytes(text);
    }

    /// <summary>How many there are; never which.</summary>
    public override string ToString() => $"{_values.Count} secrets";

    private static byte[] Escaped(string value) => System.Text.Json.JsonEncodedText.Encode(value, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).EncodedUtf8Bytes.ToArray();

    private static string[] Parameters(OutgoingRequest request) =>
        request.Url.IndexOf('?', StringComparison.Ordinal) is >= 0 and var mark ? request.Url[(mark + 1)..].Split('&') : [];

    /// <summary>A header's whole value, and what stands behind the scheme: <c>Bearer</c>, <c>Basic</c> and the like.</summary>
    private void AddHeader(string value)
    {
        Add(value);
        var blank = value.IndexOf(' ', StringComparison.Ordinal);
        if (blank < 0)
            return;
        var rest = value[(blank + 1)..].Trim();
        Add(rest);
        var decoded = new byte[rest.Length];
        if (value.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase) && Convert.TryFromBase64String(rest, decoded, out var length))
        {
            var pair = Encoding.UTF8.GetString(decoded, 0, length);
            Add(pair[(pair.IndexOf(':', StringComparison.Ordinal) + 1)..]);
        }
    }

    private void Add(string value)
    {
        if (value.Length >= Shortest)
            _values.Add(value);
    }
}
