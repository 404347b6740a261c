using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Platform;
using Patchbay.Platform.People;
using Patchbay.ServerTests.Hosting;
using Patchbay.ServerTests.SigningKeys;

namespace Patchbay.ServerTests.People;

/// <summary>An OpenID Connect issuer on loopback whose keys the test holds, so that it can sign what no sound issuer would.</summary>
internal sealed class TestIssuer : IAsyncDisposable
{
    public const string ClientId = "patchbay";

    private static readonly Lazy<Task<TestIssuer>> SharedIssuer = new(StartAsync);

    private readonly Dictionary<string, RSA> _keys = new(StringComparer.Ordinal);
    private readonly ECDsa _elliptic = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private Upstream? _upstream;

    public string Issuer => _upstream!.Address.ToString().TrimEnd('/');

    /// <summary>How often its keys were asked for.</summary>
    public int KeysAskedFor => _upstream!.Requests.Count(r => r.Target == "/keys");

    /// <summary>The settings of a server whose people sign in here.</summary>
    public PatchbaySettings Settings => new() { OpenId = new OpenIdSettings { Issuer = Issuer, ClientId = ClientId } };

    public static async Task<TestIssuer> StartAsync()
    {
        var issuer = new TestIssuer();
        issuer.AddKey("one");
        issuer._upstream = await Upstream.StartAsync(async context =>
        {
            var answer = context.Request.Path.Value switch
            {
                "/.well-known/openid-configuration" => JsonSerializer.Serialize(new { issuer = issuer.Issuer, jwks_uri = issuer.Issuer + "/keys", token_endpoint = issuer.Issuer + "/token" }),
                "/keys" => issuer.KeySet(),
                _ => null,
            };
            context.Response.StatusCode = answer is null ? 404 : 200;
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(answer ?? ""), context.RequestAborted);
        });
        return issuer;
    }

    /// <summary>The issuer of all servers that are not given another: whoever signs in there is told apart by their subject.</summary>
    public static Task<TestIssuer> SharedAsync() => SharedIssuer.Value;

    /// <summary>The same, once some server was started.</summary>
    public static TestIssuer Shared => SharedIssuer.Value.IsCompletedSuccessfully ? SharedIssuer.Value.GetAwaiter().GetResult() : throw new InvalidOperationException("No server was started yet.");

    public void AddKey(string id) => _keys[id] = RSA.Create(2048);

    /// <summary>The modulus and exponent of a key as PEM, which is public.</summary>
    public string PublicPem(string id) => _keys[id].ExportSubjectPublicKeyInfoPem();

    /// <summary>The claims of a sound token.</summary>
    public JsonObject Claims(string subject, string? email = null, bool verified = true, object? more = null, TimeProvider? clock = null)
    {
        var now = (clock ?? TimeProvider.System).GetUtcNow().ToUnixTimeSeconds();
        var claims = JsonSerializer.SerializeToNode(more ?? new { })!.AsObject();
        claims["iss"] ??= Issuer;
        claims["aud"] ??= ClientId;
        claims["sub"] ??= subject;
        claims["iat"] ??= now;
        claims["exp"] ??= now + 3600;
        if (email is not null)
            (claims["email"], claims["email_verified"]) = (email, verified);
        return claims;
    }

    /// <summary>A sound token, with more or other claims.</summary>
    public string Token(string subject, string? email = null, bool verified = true, object? more = null, TimeProvider? clock = null) =>
        Sign($$"""{"alg":"RS256","typ":"JWT","kid":"one"}""", Claims(subject, email, verified, more, clock).ToJsonString());

    /// <summary>Any header and claims, signed by a key of the issuer's.</summary>
    public string Sign(string header, string claims, string key = "one")
    {
        var signed = $"{Signer.Part(Encoding.UTF8.GetBytes(header))}.{Signer.Part(Encoding.UTF8.GetBytes(claims))}";
        return $"{signed}.{Signer.Part(_keys[key].SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    /// <summary>The same by the issuer's elliptic key.</summary>
    public string SignElliptic(string header, string claims)
    {
        var signed = $"{Signer.Part(Encoding.UTF8.GetBytes(header))}.{Signer.Part(Encoding.UTF8.GetBytes(claims))}";
        return $"{signed}.{Signer.Part(_elliptic.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256))}";
    }

    public async ValueTask DisposeAsync()
    {
        await _upstream!.DisposeAsync();
        _elliptic.Dispose();
        foreach (var key in _keys.Values)
            key.Dispose();
    }

    private string KeySet()
    {
        var keys = new JsonArray();
        foreach (var (id, key) in _keys)
        {
            var parameters = key.ExportParameters(includePrivateParameters: false);
            keys.Add(new JsonObject { ["kty"] = "RSA", ["use"] = "sig", ["kid"] = id, ["n"] = Signer.Part(parameters.Modulus!), ["e"] = Signer.Part(parameters.Exponent!) });
        }

        var point = _elliptic.ExportParameters(includePrivateParameters: false).Q;
        keys.Add(new JsonObject { ["kty"] = "EC", ["crv"] = "P-256", ["kid"] = "elliptic", ["x"] = Signer.Part(point.X!), ["y"] = Signer.Part(point.Y!) });
        return new JsonObject { ["keys"] = keys }.ToJsonString();
    }
}
