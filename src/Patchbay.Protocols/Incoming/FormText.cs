using System.Text;

namespace Patchbay.Protocols.Incoming;

/// <summary>Reads queries and forms as their senders mean them (URL Standard, 5.1): <c>+</c> is a space, and what cannot be decoded stays as it is.</summary>
internal static class FormText
{
    /// <summary>How many parameters are looked at; more come from nobody who means well.</summary>
    private const int MaxParameters = 2000;

    /// <summary>Every parameter, decoded, in the order in which they stand.</summary>
    public static List<(string Name, string Value)> Parameters(string text)
    {
        var parameters = new List<(string Name, string Value)>();
        foreach (var range in text.AsSpan().Split('&'))
        {
            var pair = text.AsSpan(range);
            if (pair.IsEmpty) continue;
            if (parameters.Count == MaxParameters) return [];
            var mark = pair.IndexOf('=');
            parameters.Add(mark < 0 ? (Decoded(pair), string.Empty) : (Decoded(pair[..mark]), Decoded(pair[(mark + 1)..])));
        }

        return parameters;
    }

    /// <summary>The value of a parameter that stands once; null where there is none or several, of which nobody knows which one counts.</summary>
    public static string? Single(string? text, string name)
    {
        if (string.IsNullOrEmpty(text)) return null;
        string? found = null;
        foreach (var (key, value) in Parameters(text))
        {
            if (key != name) continue;
            if (found is not null) return null;
            found = value;
        }

        return found;
    }

    private static string Decoded(ReadOnlySpan<char> raw)
    {
        if (!raw.ContainsAny('%', '+')) return raw.ToString();
        return Uri.UnescapeDataString(raw.ToString().Replace('+', ' '));
    }

    /// <summary>The text of a form's body; null where it is not UTF-8.</summary>
    public static string? OfBody(ReadOnlySpan<byte> body) =>
        System.Text.Unicode.Utf8.IsValid(body) ? Encoding.UTF8.GetString(body) : null;
}
