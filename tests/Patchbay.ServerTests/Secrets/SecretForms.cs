using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Patchbay.ServerTests.Secrets;

/// <summary>Looks for secrets in the clear, in any of the spellings in which they could have got somewhere.</summary>
internal sealed class SecretForms
{
    /// <summary>The spellings, each byte one character, so that text and files are searched alike. Secrets are ASCII.</summary>
    private readonly IReadOnlyList<(string Secret, string Form, string Spelling)> _forms;
    private readonly SearchValues<string> _any;

    public SecretForms(IEnumerable<string> secrets)
    {
        _forms = [.. secrets.SelectMany(FormsOf)];
        _any = SearchValues.Create([.. _forms.Select(f => f.Spelling)], StringComparison.Ordinal);
    }

    /// <summary>The secrets that stand in a text, each with the spelling.</summary>
    public IReadOnlyList<string> FoundIn(string text) => text.AsSpan().ContainsAny(_any)
        ? [.. _forms.Where(f => text.Contains(f.Spelling, StringComparison.Ordinal)).Select(f => $"{f.Secret} as {f.Form}")]
        : [];

    /// <summary>The same for a file, however large, and whatever stands across the borders of what is read at a time.</summary>
    public IReadOnlyList<string> FoundInFile(string path)
    {
        const int Overlap = 4096;
        var found = new HashSet<string>(StringComparer.Ordinal);
        // A running database deletes and renames files of its own.
        if (!File.Exists(path))
            return [];
        FileStream file;
        try
        {
            file = File.Open(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        }
        catch (FileNotFoundException)
        {
            return [];
        }

        using var opened = file;
        var buffer = new byte[1 << 22];
        var kept = 0;
        while (file.Read(buffer, kept, buffer.Length - kept) is > 0 and var read)
        {
            found.UnionWith(FoundIn(Encoding.Latin1.GetString(buffer, 0, kept + read)));
            var keep = Math.Min(Overlap, kept + read);
            buffer.AsSpan(kept + read - keep, keep).CopyTo(buffer);
            kept = keep;
        }

        return [.. found];
    }

    private static IEnumerable<(string, string, string)> FormsOf(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["plain text"] = secret,
            ["JSON"] = JsonSerializer.Serialize(secret).Trim('"'),
            ["a URL"] = Uri.EscapeDataString(secret),
            ["a form"] = System.Net.WebUtility.UrlEncode(secret),
            ["lower-case hexadecimal"] = Convert.ToHexStringLower(bytes),
            ["upper-case hexadecimal"] = Convert.ToHexString(bytes),
            ["base64url"] = System.Buffers.Text.Base64Url.EncodeToString(bytes)[..^1],
        };
        // Inside a longer text a secret has one of three spellings in base64; the characters at its ends belong to its neighbours.
        for (var before = 0; before < 3; before++)
        {
            var padded = Convert.ToBase64String([.. new byte[before], .. bytes]).TrimEnd('=');
            texts[$"base64 behind {before} bytes"] = padded[(before == 0 ? 0 : before + 1)..^1];
        }

        yield return (secret, "UTF-16", Encoding.Latin1.GetString(Encoding.Unicode.GetBytes(secret)));
        foreach (var (form, text) in texts.DistinctBy(t => t.Value, StringComparer.Ordinal))
            yield return (secret, form, text);
    }
}
