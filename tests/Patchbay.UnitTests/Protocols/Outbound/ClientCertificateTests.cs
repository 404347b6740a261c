using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using CsCheck;
using Patchbay.Protocols;
using Patchbay.Protocols.Outbound;
using Xunit;

namespace Patchbay.UnitTests.Protocols.Outbound;

public sealed class ClientCertificateTests : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly string _certificate;
    private readonly ECDsa _key;

    public ClientCertificateTests()
    {
        var (certificate, key) = _authority.Client();
        (_certificate, _key) = (certificate, (ECDsa)key);
    }

    public void Dispose()
    {
        _authority.Dispose();
        _key.Dispose();
    }

    [Fact]
    public void Keys_are_read_in_all_their_plain_forms()
    {
        using var rsa = RSA.Create(2048);
        var (ofRsa, _) = _authority.Client(rsa);
        AssertMade(ofRsa, rsa.ExportPkcs8PrivateKeyPem());
        AssertMade(ofRsa, rsa.ExportRSAPrivateKeyPem());
        AssertMade(_certificate, _key.ExportPkcs8PrivateKeyPem());
        AssertMade(_certificate, _key.ExportECPrivateKeyPem());

        // As OpenSSL writes it, with carriage returns and beside the certificate.
        var parameters = PemEncoding.WriteString("EC PARAMETERS", [6, 8, 42, 134, 72, 206, 61, 3, 1, 7]);
        AssertMade(_certificate, $"Bag Attributes\r\n{parameters}\r\n{_key.ExportECPrivateKeyPem().ReplaceLineEndings("\r\n")}\r\n{_certificate}");
    }

    [Fact]
    public void What_it_is_can_be_read_and_the_key_cannot()
    {
        Assert.True(Create(_certificate, _key.ExportPkcs8PrivateKeyPem()).TryGet(out var made, out _));
        using var leaf = X509Certificate2.CreateFromPem(_certificate);
        Assert.Equal(leaf.GetCertHashString(HashAlgorithmName.SHA256), made.Thumbprint);
        Assert.Equal((leaf.NotBefore.ToUniversalTime(), leaf.NotAfter.ToUniversalTime()), (made.NotBefore.UtcDateTime, made.NotAfter.UtcDateTime));
        Assert.Equal($"ClientCertificate {made.Thumbprint}", made.ToString());
    }

    [Fact]
    public void An_encrypted_key_is_refused_as_such()
    {
        var modern = _key.ExportEncryptedPkcs8PrivateKeyPem("pass", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
        const string Old = """
            -----BEGIN RSA PRIVATE KEY-----
            Proc-Type: 4,ENCRYPTED
            DEK-Info: AES-128-CBC,00112233445566778899AABBCCDDEEFF

            AAAA
            -----END RSA PRIVATE KEY-----
            """;
        Assert.All([modern, Old], key =>
        {
            var fault = Assert.Single(Create(_certificate, key).Faults);
            Assert.Equal((FaultKind.UnfitValue, "key"), (fault.Kind, fault.Subject));
            Assert.Contains("encrypted", fault.Message, StringComparison.Ordinal);
        });
    }

    [Fact]
    public void A_key_of_another_certificate_is_refused()
    {
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var rsa = RSA.Create(2048);
        Assert.Equal(FaultKind.UnfitValue, FaultOfKey(curve.ExportPkcs8PrivateKeyPem()).Kind);
        Assert.Equal(FaultKind.Malformed, FaultOfKey(rsa.ExportPkcs8PrivateKeyPem()).Kind);
        Assert.Equal(FaultKind.Malformed, FaultOfKey(rsa.ExportRSAPrivateKeyPem()).Kind);
    }

    [Fact]
    public void Every_faulty_field_is_named_at_once()
    {
        Assert.Equal("certificate key ca", Subjects(ClientCertificate.Create("", "nothing", "nothing")));
        var broken = PemEncoding.WriteString("CERTIFICATE", [48, 3, 2, 1, 1]);
        var brokenKey = PemEncoding.WriteString("PRIVATE KEY", [48, 3, 2, 1, 1]);
        Assert.Equal("certificate", Subjects(ClientCertificate.Create(broken, brokenKey, _authority.CaPem)));
        Assert.Equal("certificate ca", Subjects(ClientCertificate.Create(_certificate + broken, brokenKey, broken)));
        Assert.Equal("key", Subjects(Create(_certificate, brokenKey)));
        Assert.Equal("key", Subjects(Create(_certificate, _key.ExportECPrivateKeyPem() + "\n" + _key.ExportECPrivateKeyPem())));
        Assert.Equal("key", Subjects(Create(_certificate, "-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----")));
        Assert.Equal("key", Subjects(Create(_certificate, _certificate)));
    }

    [Fact]
    public void What_is_too_long_is_refused()
    {
        var tooMany = string.Concat(Enumerable.Repeat(_authority.CaPem + "\n", ClientCertificate.MaxChainLength + 1));
        Assert.Equal(FaultKind.TooLong, Assert.Single(Create(tooMany, _key.ExportECPrivateKeyPem()).Faults).Kind);
        Assert.Equal(
            "certificate key ca",
            Subjects(ClientCertificate.Create(new string('a', ClientCertificate.MaxPemLength + 1), new string('a', ClientCertificate.MaxPemLength + 1), new string('a', ClientCertificate.MaxCaPemLength + 1))));
    }

    [Fact]
    public void A_certificate_that_expired_is_a_fault_only_when_asked()
    {
        var (old, key) = _authority.Client(age: TimeSpan.FromHours(12));
        using (key)
        {
            var now = TimeProvider.System.GetUtcNow();
            var pem = key.ExportPkcs8PrivateKeyPem();
            Assert.True(ClientCertificate.Create(old, pem, _authority.CaPem).Succeeded);
            Assert.True(ClientCertificate.Create(old, pem, _authority.CaPem, now.AddHours(-11)).Succeeded);
            Assert.Contains("expired", Assert.Single(ClientCertificate.Create(old, pem, _authority.CaPem, now).Faults).Message, StringComparison.Ordinal);
            Assert.Contains("not valid yet", Assert.Single(ClientCertificate.Create(old, pem, _authority.CaPem, now.AddHours(-13)).Faults).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Authorities_without_a_root_are_refused_and_none_mean_the_systems()
    {
        var key = _key.ExportPkcs8PrivateKeyPem();
        Assert.Equal("ca", Subjects(ClientCertificate.Create(_certificate, key, _authority.Issuing.ExportCertificatePem())));
        Assert.True(ClientCertificate.Create(_certificate, key, $"{_authority.Issuing.ExportCertificatePem()}\n{_authority.CaPem}").Succeeded);
        Assert.True(ClientCertificate.Create(_certificate, key, " \n").Succeeded);
    }

    [Fact]
    public void The_same_certificate_with_other_authorities_is_another_identity()
    {
        using var other = new TestAuthority();
        var key = _key.ExportPkcs8PrivateKeyPem();
        Assert.Equal(IdentityOf(_authority.CaPem), IdentityOf(_authority.CaPem + "\n"));
        Assert.Equal(3, new[] { IdentityOf(_authority.CaPem), IdentityOf(other.CaPem), IdentityOf("") }.Distinct(StringComparer.Ordinal).Count());

        string IdentityOf(string ca)
        {
            Assert.True(ClientCertificate.Create(_certificate, key, ca).TryGet(out var made, out _));
            return made.Identity;
        }
    }

    [Fact]
    public void No_text_and_no_damage_throws()
    {
        var key = _key.ExportPkcs8PrivateKeyPem();
        Gen.Select(Gen.OneOf(Gen.Const("-----BEGIN "), Gen.Const("-----BEGIN CERTIFICATE-----\n"), Gen.Const("-----END A-----\n")).Array[0, 5], Gen.String)
            .Sample((marks, rest) => !Create(string.Concat(marks) + rest, rest).Succeeded);

        using var leaf = X509Certificate2.CreateFromPem(_certificate);
        var (der, keyDer) = (leaf.RawData, _key.ExportPkcs8PrivateKey());
        Gen.Select(Gen.Int[0, der.Length - 1], Gen.Int[0, keyDer.Length - 1], Gen.Byte).Sample((at, keyAt, value) =>
        {
            var (damaged, damagedKey) = ((byte[])der.Clone(), (byte[])keyDer.Clone());
            damaged[at] = value;
            damagedKey[keyAt] = value;
            var pem = PemEncoding.WriteString("CERTIFICATE", damaged);
            _ = ClientCertificate.Create(pem, key, pem, TimeProvider.System.GetUtcNow());
            _ = Create(_certificate, PemEncoding.WriteString("PRIVATE KEY", damagedKey));
        });
    }

    private static string Subjects(Outcome<ClientCertificate> outcome) => string.Join(' ', outcome.Faults.Select(fault => fault.Subject));

    private Outcome<ClientCertificate> Create(string certificate, string key) => ClientCertificate.Create(certificate, key, _authority.CaPem);

    private void AssertMade(string certificate, string key)
    {
        Assert.True(Create(certificate, key).TryGet(out var made, out var faults), string.Join(' ', faults));
        using var loaded = made.Load();
        Assert.True(loaded.Context.TargetCertificate.HasPrivateKey);
    }

    private Fault FaultOfKey(string key)
    {
        var fault = Assert.Single(Create(_certificate, key).Faults);
        Assert.Equal("key", fault.Subject);
        return fault;
    }
}
