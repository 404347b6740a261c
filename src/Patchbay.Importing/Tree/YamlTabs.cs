using System.Text;

namespace Patchbay.Importing.Tree;

/// <summary>YAML forbids tabs in indentation (1.2, section 6.1), and editors put them there.</summary>
internal static class YamlTabs
{
    /// <summary>The text with blanks for the tabs that indent its lines; null where there are none.</summary>
    /// <param name="text">The text.</param>
    /// <param name="width">How many blanks stand for a tab.</param>
    /// <param name="line">The first line that was changed, from 1.</param>
    public static string? Replace(string text, int width, out int line)
    {
        line = 0;
        var number = 0;
        StringBuilder? result = null;
        foreach (var range in text.AsSpan().Split('\n'))
        {
            number++;
            var content = text.AsSpan(range);
            var indentation = content[..(content.IndexOfAnyExcept(' ', '\t') is >= 0 and var end ? end : content.Length)];
            if (result is null && indentation.Contains('\t'))
            {
                line = number;
                result = new StringBuilder(text.Length + 64).Append(text, 0, range.Start.Value);
            }
            if (result is null) continue;
            foreach (var character in indentation) result.Append(' ', character == '\t' ? width : 1);
            result.Append(content[indentation.Length..]);
            if (range.End.Value < text.Length) result.Append('\n');
        }
        return result?.ToString();
    }
}
