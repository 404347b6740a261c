using System.Text;

namespace Patchbay.Importing.Tree;

/// <summary>Keeps one copy of each short string: descriptions repeat few names very often.</summary>
internal sealed class TextPool
{
    private const int LongestPooled = 48;

    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);
    private readonly HashSet<string>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

    public TextPool() => _bySpan = _texts.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <param name="utf8">Valid UTF-8.</param>
    public string Get(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length > LongestPooled) return Encoding.UTF8.GetString(utf8);
        Span<char> buffer = stackalloc char[LongestPooled];
        ReadOnlySpan<char> text = buffer[..Encoding.UTF8.GetChars(utf8, buffer)];
        if (_bySpan.TryGetValue(text, out var known)) return known;
        var added = text.ToString();
        _texts.Add(added);
        return added;
    }
}
