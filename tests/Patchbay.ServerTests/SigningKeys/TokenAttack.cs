using System.Security.Cryptography;
using System.Text;

namespace Patchbay.ServerTests.SigningKeys;

/// <summary>Tokens that must not hold, made with what an attacker may have: the public key, another organisation's key, sound tokens of others.</summary>
internal static class TokenAttack
{
    private const string Header = """{"alg":"RS256","typ":"JWT"}""";

    public static readonly IReadOnlyList<string> All =
    [
        "alg none", "alg none, no signature", "HS256 with the public key", "RS512", "no alg", "crit", "another key's signature", "no signature", "changed claims", "foreign issuer", "issuer without prefix",
        "issuer with more behind", "no issuer", "issuer is a number", "expired", "not yet valid", "exp is text", "exp beyond all calendars", "oversized", "four parts", "two parts", "padding",
        "twice the same claim", "sub is a number", "sub is empty", "sub is null", "sub is the organisation", "header is a list", "empty", "deep",
    ];

    /// <summary>Makes one.</summary>
    /// <param name="attack">Which of <see cref="All"/>.</param>
    /// <param name="signer">The key that it is made against; where the attack is about claims alone, its signature is sound.</param>
    /// <param name="other">A key of another organisation, which is the attacker's.</param>
    /// <param name="subject">The end user whose token it pretends to be; null pretends to be the organisation's.</param>
    public static string Make(string attack, Signer signer, Signer other, string? subject)
    {
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        var sub = subject is null ? "" : $",\"sub\":\"{subject}\"";
        var claims = $$"""{"iss":"{{signer.Issuer}}"{{sub}}}""";
        var sound = signer.Sign(Header, claims);
        var parts = sound.Split('.');
        return attack switch
        {
            "alg none" => signer.Sign("""{"alg":"none"}""", claims),
            "alg none, no signature" => $"{Part("""{"alg":"none"}""")}.{Part(claims)}.",
            "HS256 with the public key" => Hs256(signer.PublicKey, claims),
            "RS512" => signer.Sign("""{"alg":"RS512"}""", claims),
            "no alg" => signer.Sign("{}", claims),
            "crit" => signer.Sign("""{"alg":"RS256","crit":["exp"]}""", claims),
            "another key's signature" => other.Sign(Header, claims),
            "no signature" => $"{parts[0]}.{parts[1]}.",
            "changed claims" => $"{parts[0]}.{Part($$"""{"iss":"{{signer.Issuer}}","sub":"{{subject}}x"}""")}.{parts[2]}",
            "foreign issuer" => signer.Token(subject, $"https://evil.example.com/sk/{signer.Id}"),
            "issuer without prefix" => signer.Token(subject, signer.Id),
            "issuer with more behind" => signer.Token(subject, $"{signer.Issuer}/x"),
            "no issuer" => signer.Sign(Header, $$"""{"x":1{{sub}}}"""),
            "issuer is a number" => signer.Sign(Header, $$"""{"iss":1{{sub}}}"""),
            "expired" => signer.Token(subject, more: new { exp = now - 60 }),
            "not yet valid" => signer.Token(subject, more: new { nbf = now + 60 }),
            "exp is text" => signer.Token(subject, more: new { exp = $"{now + 60}" }),
            "exp beyond all calendars" => signer.Token(subject, more: new { exp = 1e300 }),
            "oversized" => signer.Token(subject, more: new { padding = new string('x', 9000) }),
            "four parts" => $"{sound}.{parts[2]}",
            "two parts" => $"{parts[0]}.{parts[1]}",
            "padding" => $"{sound}==",
            "twice the same claim" => signer.Sign(Header, $$"""{"iss":"{{other.Issuer}}","iss":"{{signer.Issuer}}"{{sub}}}"""),
            "sub is a number" => signer.Sign(Header, $$"""{"iss":"{{signer.Issuer}}","sub":1}"""),
            "sub is empty" => signer.Token(""),
            "sub is null" => signer.Sign(Header, $$"""{"iss":"{{signer.Issuer}}","sub":null}"""),
            "sub is the organisation" => signer.Token(signer.Tenant.Id),
            "header is a list" => signer.Sign("""["RS256"]""", claims),
            "empty" => "",
            "deep" => signer.Sign(Header, $$"""{"iss":"{{signer.Issuer}}"{{sub}},"x":{{new string('[', 100)}}{{new string(']', 100)}}}"""),
            _ => throw new ArgumentOutOfRangeException(nameof(attack), attack, "There is no such attack."),
        };
    }

    private static string Hs256(string secret, string claims)
    {
        var signed = $"{Part("""{"alg":"HS256","typ":"JWT"}""")}.{Part(claims)}";
        return $"{signed}.{Signer.Part(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), Encoding.ASCII.GetBytes(signed)))}";
    }

    private static string Part(string text) => Signer.Part(Encoding.UTF8.GetBytes(text));
}
