using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Patchbay.ServerTests.Hosting;

namespace Patchbay.ServerTests.SigningKeys;

/// <summary>A signing key of an organisation, and what signs tokens with it as a product's backend would.</summary>
internal sealed class Signer
{
    public const string PublishedIssuer = "https://versori.com/sk/";

    private Signer(Tenant tenant, string id, string privateKey, string publicKey) => (Tenant, Id, PrivateKey, PublicKey) = (tenant, id, privateKey, publicKey);

    public Tenant Tenant { get; }
    public string Id { get; }

    /// <summary>As PEM.</summary>
    public string PrivateKey { get; }

    /// <summary>As PEM.</summary>
    public string PublicKey { get; }

    public string Issuer => PublishedIssuer + Id;

    public static string PathOf(Tenant tenant) => $"/api/organisations/v1/organisations/{tenant.Id}/keys";

    public static async Task<Signer> MakeAsync(Tenant tenant, bool allowOrganisationTokens = false)
    {
        var created = (await tenant.PostAsync(PathOf(tenant), new { name = "product", allowOrganisationTokens })).Expect(201);
        return new Signer(tenant, created.Id, created["privateKey"].GetValue<string>(), created["publicKey"].GetValue<string>());
    }

    /// <summary>A token for an end user; for the organisation where there is none.</summary>
    public string Token(string? subject = "ada", string? issuer = null, object? more = null)
    {
        var claims = JsonSerializer.SerializeToNode(more ?? new { })!.AsObject();
        claims["iss"] ??= issuer ?? Issuer;
        if (subject is not null)
            claims["sub"] = subject;
        return Sign("""{"alg":"RS256","typ":"JWT"}""", claims.ToJsonString());
    }

    /// <summary>Any header and claims, with the signature of the key.</summary>
    public string Sign(string header, string claims)
    {
        using var rsa = RSA.Create();
        rsa.ImportFromPem(PrivateKey);
        var signed = $"{Part(Encoding.UTF8.GetBytes(header))}.{Part(Encoding.UTF8.GetBytes(claims))}";
        return $"{signed}.{Part(rsa.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))}";
    }

    public static string Part(byte[] bytes) => Base64Url.EncodeToString(bytes);

    /// <summary>Calls with a token.</summary>
    public Task<Answer> GetAsync(string token, string path) => Tenant.Host.Nobody.SendAsync(HttpMethod.Get, Tenant.Whole(path), null, ("Authorization", $"JWT {token}"));
}
