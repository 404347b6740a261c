using System.Buffers;
using System.Text;
using Patchbay.Importing.Messages;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Postman;

/// <summary>
/// The secrets that stand in a collection, found before anything is read, so that none is kept by way of a description or an example
/// that repeats it.
/// </summary>
internal sealed class KnownSecrets
{
    public const string Placeholder = "[redacted]";

    /// <summary>What is shorter is looked for nowhere else: it would be found in words that it has nothing to do with.</summary>
    private const int Shortest = 6;

    /// <summary>Letters of one case are a word unless there are very many of them.</summary>
    private const int LongestWord = 16;

    private const int Most = 1_000;

    /// <summary>The settings of auth blocks that are no secrets.</summary>
    private static readonly HashSet<string> Harmless = new(StringComparer.OrdinalIgnoreCase)
    {
        "type", "key", "in", "addTokenTo", "headerPrefix", "tokenName", "tokenType", "grant_type", "authUrl", "accessTokenUrl", "refreshTokenUrl", "redirect_uri",
        "callBackUrl", "scope", "state", "challengeAlgorithm", "client_authentication", "useBrowser", "useIdToken", "region", "service", "algorithm",
        "signatureMethod", "version", "realm", "addParamsToHeader", "addEmptyParamsToSign", "disableHeaderEncoding", "includeBodyHash", "autoEncodeParam",
        "isSecretBase64Encoded", "queryParamKey", "showPassword", "disableRetryRequest", "qop", "opaque", "domain", "workstation", "timestamp", "extraData", "app",
        "delegation", "includePayloadHash", "addAuthDataToQuery", "authorizationMethod", "username", "clientId", "issuer", "audience", "subject", "kid", "resource",
    };

    private readonly MessageLog _log;
    private readonly ImportContext _context;
    private readonly Dictionary<string, List<string>> _byStart = new(StringComparer.Ordinal);
    private readonly SearchValues<string> _starts;

    public KnownSecrets(ImportContext context)
    {
        _context = context;
        _log = context.Log;
        var found = new HashSet<string>(StringComparer.Ordinal);
        Visit(context.Root, found, isAuth: false);
        foreach (var secret in found.Where(secret => secret.Length >= Shortest && !IsWord(secret)).OrderByDescending(secret => secret.Length))
        {
            var start = secret[..Shortest];
            if (!_byStart.TryGetValue(start, out var others)) _byStart.Add(start, others = []);
            others.Add(secret);
        }
        _starts = SearchValues.Create([.. _byStart.Keys], StringComparison.Ordinal);
    }

    /// <summary>Whether the value of a setting of an auth block must not be kept.</summary>
    public static bool IsSecretOfAuth(string setting) => !Harmless.Contains(setting);

    /// <summary>A text without the secrets of the collection.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Where it stands.</param>
    public string Clean(string text, SourceNode at)
    {
        if (_byStart.Count == 0 || text.AsSpan().IndexOfAny(_starts) < 0) return text;
        var cleaned = new StringBuilder(text.Length);
        var from = 0;
        while (text.AsSpan(from).IndexOfAny(_starts) is >= 0 and var next)
        {
            var start = from + next;
            var candidates = _byStart[text.Substring(start, Shortest)];
            _context.Charge(candidates.Count);
            var secret = candidates.Find(candidate => string.CompareOrdinal(text, start, candidate, 0, candidate.Length) == 0);
            cleaned.Append(text, from, start - from).Append(secret is null ? text.AsSpan(start, 1) : Placeholder);
            from = start + (secret?.Length ?? 1);
            if (secret is not null) _log.Add(PostmanRemarks.SecretInText, at);
            if (_context.IsExhausted) return Placeholder;
        }
        return cleaned.Append(text, from, text.Length - from).ToString();
    }

    private static void Visit(SourceNode node, HashSet<string> found, bool isAuth)
    {
        switch (node)
        {
            case SourceArray array:
                foreach (var item in array.Items) Visit(item, found, isAuth);
                break;
            case SourceObject holder:
                if (holder.FindString("key") is { } key && holder.Find("value") is SourceScalar value && IsSecret(key, holder, isAuth)) Add(value.Text, found);
                foreach (var (name, member) in holder.Members)
                {
                    if (isAuth && member is SourceScalar setting && !holder.Has("key") && IsSecretOfAuth(name)) Add(setting.Text, found);
                    if (name == "header" && member is SourceScalar lines) VisitLines(lines.Text, found);
                    Visit(member, found, isAuth || name == "auth");
                }
                break;
        }
    }

    private static bool IsWord(string secret) => secret.Length < LongestWord && secret.Skip(1).All(char.IsAsciiLetterLower) && char.IsAsciiLetter(secret[0]);

    private static bool IsSecret(string key, SourceObject holder, bool isAuth) =>
        isAuth ? IsSecretOfAuth(key) : holder.FindString("type") == "secret" || SecretNames.Is(key, isKeySecret: true);

    private static void VisitLines(string headers, HashSet<string> found)
    {
        foreach (var line in headers.Split('\n'))
        {
            if (line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon && SecretNames.Is(line[..colon], isKeySecret: true)) Add(line[(colon + 1)..], found);
        }
    }

    /// <summary>A value, and what stands in it behind the name of a scheme.</summary>
    private static void Add(string value, HashSet<string> found)
    {
        value = value.Trim();
        if (found.Count >= Most || value.Length < Shortest || Placeholders.IsOne(value)) return;
        found.Add(value);
        if (value.IndexOf(' ', StringComparison.Ordinal) is > 0 and var space && value[(space + 1)..].Trim() is { Length: >= Shortest } rest && !Placeholders.AreIn(rest))
            found.Add(rest);
    }
}
