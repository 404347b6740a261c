namespace Patchbay.Importing.Postman;

/// <summary>Tells by a name whether its value is a secret. A wrong yes costs an example; a wrong no could cost an account.</summary>
internal static class SecretNames
{
    private const string Key = "key";

    private static readonly HashSet<string> Words = new(StringComparer.Ordinal)
    {
        "token", "tokens", "password", "passwords", "passwd", "passphrase", "passcode", "pwd", "secret", "secrets", "apikey", "apitoken", "accesstoken",
        "authtoken", "authorization", "credential", "credentials", "bearer", "jwt", "cookie", "cookies", "pin", "otp", "signature",
        "clientsecret", "privatekey", "secretkey", "accesskey", "sessionid",
    };

    private static readonly HashSet<string> Kinds = new(StringComparer.Ordinal)
    {
        "api", "private", "secret", "access", "auth", "client", "signing", "encryption", "master", "shared", "account", "subscription", "consumer",
        "service", "admin", "app", "application", "license", "licence", "security", "user", "session", "host", "function", "storage", "x",
    };

    /// <summary>Last words of names that say something about a secret: the type of a token is none.</summary>
    private static readonly HashSet<string> Qualities = new(StringComparer.Ordinal)
    {
        "type", "url", "uri", "endpoint", "expires", "expiry", "ttl", "lifetime", "count", "limit", "policy", "length", "name", "header", "field", "format", "algorithm", "at", "in",
    };

    /// <summary>The names of what carries nothing but a key or token: such a parameter is a way to authenticate.</summary>
    private static readonly HashSet<string> Carriers = new(StringComparer.Ordinal)
    {
        "authorization", "apikey", "xapikey", "authtoken", "xauthtoken", "accesstoken", "xaccesstoken", "apitoken", "xapitoken", "xauthkey",
        "apisecret", "xapisecret", "subscriptionkey", "ocpapimsubscriptionkey", "privatetoken", "xfunctionskey", "appkey", "xappkey",
    };

    /// <param name="name">The name of a variable, parameter or field.</param>
    /// <param name="isKeySecret">Whether <c>key</c> alone means a secret; in data it is more often what tells records apart.</param>
    public static bool Is(string name, bool isKeySecret)
    {
        var words = WordsOf(name);
        if (words.Count > 1 && Qualities.Contains(words[^1])) return false;
        for (var i = 0; i < words.Count; i++)
        {
            if (Words.Contains(words[i])) return true;
            if (words[i] is not (Key or "keys")) continue;
            if (isKeySecret || (i > 0 && Kinds.Contains(words[i - 1]))) return true;
        }
        return false;
    }

    /// <summary>Whether a header or query parameter is there to authenticate and for nothing else.</summary>
    public static bool IsCarrier(string name) =>
        Carriers.Contains(string.Concat(WordsOf(name))) || string.Concat(WordsOf(name)).EndsWith("apikey", StringComparison.Ordinal);

    /// <summary>The words of a name in small letters: cut where anything else than a letter or digit stands, and before capitals.</summary>
    private static List<string> WordsOf(string name)
    {
        const int Longest = 256;
        var words = new List<string>();
        var start = 0;
        var text = name.Length > Longest ? name[..Longest] : name;
        for (var i = 0; i <= text.Length; i++)
        {
            var isEnd = i == text.Length || !char.IsLetterOrDigit(text[i]);
            var isCapital = !isEnd && i > start && char.IsUpper(text[i]) && (char.IsLower(text[i - 1]) || (i + 1 < text.Length && char.IsLower(text[i + 1])));
            if (!isEnd && !isCapital) continue;
            if (i > start) words.Add(text[start..i].ToLowerInvariant());
            start = isEnd ? i + 1 : i;
        }
        return words;
    }
}
