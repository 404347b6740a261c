using System.Security.Cryptography;
using CsCheck;
using Patchbay.OAuth.Jwt;
using Xunit;

namespace Patchbay.UnitTests.OAuth;

public sealed class SigningKeyTests : IDisposable
{
    private readonly RSA _rsa = RSA.Create(2048);
    private readonly ECDsa _elliptic = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public void Dispose()
    {
        _rsa.Dispose();
        _elliptic.Dispose();
    }

    [Fact]
    public void Private_keys_are_read_from_every_form_of_pem()
    {
        Reads(_rsa.ExportPkcs8PrivateKeyPem(), JwtAlgorithm.RS256);
        Reads(_rsa.ExportRSAPrivateKeyPem(), JwtAlgorithm.RS256);
        Reads(_elliptic.ExportPkcs8PrivateKeyPem(), JwtAlgorithm.ES256);
        Reads(_elliptic.ExportECPrivateKeyPem(), JwtAlgorithm.ES256);
        Reads($"Bag Attributes\n    friendlyName: x\n{_rsa.ExportSubjectPublicKeyInfoPem()}\n{_rsa.ExportPkcs8PrivateKeyPem()}\n", JwtAlgorithm.RS256);
        Reads(_rsa.ExportPkcs8PrivateKeyPem().Replace("\n", "\r\n", StringComparison.Ordinal), JwtAlgorithm.RS256);
        Reads(_rsa.ExportPkcs8PrivateKeyPem().Replace("\n", "\\n", StringComparison.Ordinal), JwtAlgorithm.RS256);
    }

    [Theory]
    [InlineData(PbeEncryptionAlgorithm.Aes256Cbc, "SHA256")]
    [InlineData(PbeEncryptionAlgorithm.Aes128Cbc, "SHA1")]
    [InlineData(PbeEncryptionAlgorithm.TripleDes3KeyPkcs12, "SHA1")]
    public void Encrypted_keys_open_with_their_passphrase_only(PbeEncryptionAlgorithm algorithm, string hash)
    {
        var parameters = new PbeParameters(algorithm, new HashAlgorithmName(hash), 2048);
        Reads(_rsa.ExportEncryptedPkcs8PrivateKeyPem("correct horse", parameters), JwtAlgorithm.RS256, "correct horse");
        var pem = _elliptic.ExportEncryptedPkcs8PrivateKeyPem("correct horse", parameters);
        Reads(pem, JwtAlgorithm.ES256, "correct horse");
        Assert.Equal("passphrase", Fault(pem, "wrong"));
        Assert.Equal("passphrase", Fault(pem, ""));
        Assert.Equal("passphrase", Fault(pem, passphrase: null));
    }

    [Fact]
    public void A_key_that_would_cost_minutes_to_open_is_refused_at_once()
    {
        var der = _rsa.ExportEncryptedPkcs8PrivateKey("x", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 0x010203));
        byte[] asn1Integer = [2, 3, 1, 2, 3];
        der[der.AsSpan().IndexOf(asn1Integer) + 2] = 0x7f;
        Assert.Contains("iterations", Assert.Single(SigningKey.Parse(PemEncoding.WriteString("ENCRYPTED PRIVATE KEY", der), "x").Faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_usable_private_key_is_a_fault_that_repeats_nothing()
    {
        using var small = RSA.Create(1024);
        using var other = ECDsa.Create(ECCurve.NamedCurves.brainpoolP256r1);
        Assert.Equal("key", Fault(small.ExportPkcs8PrivateKeyPem()));
        Assert.Equal("key", Fault(_rsa.ExportSubjectPublicKeyInfoPem()));
        Assert.Equal("key", Fault(""));
        Assert.Equal("key", Fault("secret-text"));
        Assert.Equal("key", Fault(new string('x', 100_000)));
        Assert.Equal("key", Fault("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"));
        Assert.Equal("key", Fault("-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nAAAA\n-----END RSA PRIVATE KEY-----"));
        Assert.Equal("key", Fault(PemEncoding.WriteString("RSA PRIVATE KEY", _elliptic.ExportECPrivateKey())));
        Assert.Equal("key", Fault(PemEncoding.WriteString("EC PRIVATE KEY", _rsa.ExportRSAPrivateKey())));
        Assert.Equal("key", Fault(PemEncoding.WriteString("ENCRYPTED PRIVATE KEY", _rsa.ExportPkcs8PrivateKey()), "x"));
        Assert.Equal("key", Fault("""{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"""));
        Assert.Equal("key", Fault("""{"kty":"RSA","n":"AQAB","e":"AQAB"}"""));
        Assert.Equal("key", Fault("""{"kty":"EC","crv":"P-256","d":"AA","x":"AA","y":"AA"}"""));
        Assert.Equal("key", Fault("""{"kty":"oct","k":""}"""));
        Assert.Equal("key", Fault("""{"kty":"oct","k":"!!"}"""));
        Assert.Equal("key", Fault("""{"kty":"oct" """));
        Assert.DoesNotContain("secret-text", SigningKey.Parse("secret-text").ToString(), StringComparison.Ordinal);

        // Some curves can be read and are of no use.
        if (SigningKey.Parse(other.ExportPkcs8PrivateKeyPem()).TryGet(out var foreign, out _))
        {
            using (foreign) Assert.NotNull(foreign.WhyNot(JwtAlgorithm.RS256));
        }
    }

    [Fact]
    public void Damaged_keys_never_throw()
    {
        var pem = _rsa.ExportPkcs8PrivateKeyPem();
        var der = _rsa.ExportPkcs8PrivateKey();
        Gen.Select(Gen.Int[0, der.Length - 1], Gen.Byte).Sample(
            (at, value) =>
            {
                var damaged = (byte[])der.Clone();
                damaged[at] = value;
                return Uses(PemEncoding.WriteString("PRIVATE KEY", damaged));
            },
            iter: 300);
        Gen.Select(Gen.Int[0, pem.Length - 1], Gen.String).Sample((at, inserted) => Uses(string.Concat(pem.AsSpan(0, at), inserted, pem.AsSpan(at))), iter: 300);
        Gen.String.Sample(text => Uses($$"""{"kty":"RSA","n":"{{text}}","d":"{{text}}"}"""));

        static bool Uses(string text)
        {
            if (!SigningKey.Parse(text).TryGet(out var key, out var faults)) return faults.Count > 0;
            using var owned = key;
            return JsonWebToken.Create(new JwtTemplate(), key, Texts.Of(), DateTimeOffset.UnixEpoch) is var _;
        }
    }

    [Fact]
    public void A_key_shows_its_kind_and_not_itself()
    {
        Assert.True(SigningKey.OfSecret("hidden").TryGet(out var secret, out _));
        using (secret) Assert.Equal("Secret", secret.ToString());
        Assert.True(SigningKey.Parse(_rsa.ExportPkcs8PrivateKeyPem()).TryGet(out var rsa, out _));
        using (rsa) Assert.Equal("RSA key of 2048 bits", rsa.ToString());
    }

    [Fact]
    public async Task Many_sign_with_one_key_at_once()
    {
        Assert.True(SigningKey.Parse(_rsa.ExportPkcs8PrivateKeyPem()).TryGet(out var key, out _));
        using var owned = key;
        var data = new byte[] { 1, 2, 3 };
        var signatures = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(() => key.Sign(JwtAlgorithm.RS256, data))));
        Assert.All(signatures, signature => Assert.True(_rsa.VerifyData(data, signature!, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)));
    }

    private static void Reads(string text, JwtAlgorithm algorithm, string? passphrase = null)
    {
        Assert.True(SigningKey.Parse(text, passphrase).TryGet(out var key, out var faults), string.Join("; ", faults));
        using var owned = key;
        Assert.Null(key.WhyNot(algorithm));
    }

    private static string Fault(string text, string? passphrase = null) => Assert.Single(SigningKey.Parse(text, passphrase).Faults).Field;
}
