using System.Buffers;
using System.Text;

namespace Patchbay.Functions.Parent;

/// <summary>
/// Cuts secrets out of what a script says. It knows those that the script was given, in the forms that scripts bring them into, and takes
/// long words with digits that the script received for tokens. It cannot know a secret that a script disguises on purpose.
/// </summary>
internal sealed class SecretText
{
    private const string Cut = "[redacted]";
    private const int LongestText = 500;
    private const int ShortestPiece = 4;
    private const int ShortestToken = 16;

    private static readonly SearchValues<char> TokenCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=");

    private readonly SortedSet<string> _forms = new(Comparer<string>.Create(static (a, b) =>
        a.Length != b.Length ? b.Length.CompareTo(a.Length) : string.CompareOrdinal(a, b)));

    private readonly List<string> _received = [];

    public SecretText(IEnumerable<string> secrets)
    {
        foreach (var secret in secrets.Where(secret => secret.Length > 0)) AddForms(secret);
    }

    /// <summary>Remembers what the script got from outside: a token may be in it.</summary>
    public void Received(string text) => _received.Add(text);

    /// <summary>The text without secrets, on one line, shortened.</summary>
    public string Clean(string text)
    {
        foreach (var form in _forms) text = text.Replace(form, Cut, StringComparison.Ordinal);
        text = WithoutTokens(text);
        var line = string.Create(text.Length, text, static (span, from) =>
        {
            for (var i = 0; i < span.Length; i++) span[i] = char.IsControl(from[i]) || char.IsSurrogate(from[i]) ? ' ' : from[i];
        });
        return line.Length <= LongestText ? line : string.Concat(line.AsSpan(0, LongestText - 1), "…");
    }

    // Longest first, so that no part of a longer one is left.
    private void AddForms(string secret)
    {
        _forms.Add(secret);
        var bytes = Encoding.UTF8.GetBytes(secret);
        var base64 = Convert.ToBase64String(bytes);
        AddForm(base64);
        AddForm(base64.TrimEnd('='));
        AddForm(base64.TrimEnd('=').Replace('+', '-').Replace('/', '_'));
        AddForm(Uri.EscapeDataString(secret));
        AddForm(Convert.ToHexStringLower(bytes));
        AddForm(Convert.ToHexString(bytes));
        // A key of several lines, or one that was written as JSON.
        foreach (var piece in secret.Split(['\r', '\n', '\t', '"', '\\'])) AddForm(piece);
    }

    private void AddForm(string form)
    {
        if (form.Length >= ShortestPiece) _forms.Add(form);
    }

    private string WithoutTokens(string text)
    {
        if (_received.Count == 0) return text;
        var result = new StringBuilder(text.Length);
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var length = rest.IndexOfAnyExcept(TokenCharacters);
            var word = length < 0 ? rest : rest[..length];
            if (IsToken(word)) result.Append(Cut);
            else result.Append(word);
            rest = rest[word.Length..];
            if (rest.IsEmpty) break;
            result.Append(rest[0]);
            rest = rest[1..];
        }

        return result.ToString();
    }

    private bool IsToken(ReadOnlySpan<char> word)
    {
        if (word.Length < ShortestToken || !word.ContainsAnyInRange('0', '9')) return false;
        foreach (var text in _received)
        {
            if (text.AsSpan().Contains(word, StringComparison.Ordinal)) return true;
        }

        return false;
    }
}
