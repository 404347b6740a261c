using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Patchbay.OAuth.Jwt;
using Patchbay.OAuth.OAuth1;
using Patchbay.OAuth.Text;
using Xunit;

namespace Patchbay.UnitTests.OAuth;

public sealed class OAuth1SignerTests
{
    private static readonly OAuth1Profile Photos = new() { Realm = "Photos", SendsVersion = false };

    // RFC 5849, 1.2: the three requests of its example.
    [Theory]
    [InlineData("POST", "https://photos.example.net/initiate", null, "", 137131200, "wIjqoS", "oauth_callback=http%3A%2F%2Fprinter.example.com%2Fready", "74KNZJeDHnMBp0EMJ9ZHt%2FXKycU%3D")]
    [InlineData("POST", "https://photos.example.net/token", "hh5s93j4hdidpola", "hdhd0244k9j7ao03", 137131201, "walatlh", "oauth_verifier=hfdp7dh39dks9884", "gKgrFCywp7rO0OXSjdot%2FIHF7IU%3D")]
    [InlineData("GET", "http://photos.example.net/photos?file=vacation.jpg&size=original", "nnch734d00sl2jdk", "pfkkdhi9sl3r4s00", 137131202, "chapoH", "", "MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D")]
    public void The_example_of_the_rfc_comes_out(string method, string url, string? token, string tokenSecret, long timestamp, string nonce, string extra, string signature)
    {
        var credentials = new OAuth1Credentials("dpf43f3p2l4k3l03") { ConsumerSecret = "kd94hf93k423kf44", Token = token, TokenSecret = tokenSecret };
        FormText.Read(extra, out var parameters);
        var header = Sign(Photos, credentials, method, url, form: null, timestamp, nonce, parameters);
        var tokenPart = token is null ? "" : $"oauth_token=\"{token}\", ";
        var extraPart = extra.Length == 0 ? "" : $"{extra.Replace("=", "=\"", StringComparison.Ordinal)}\", ";
        Assert.Equal(
            $"OAuth realm=\"Photos\", oauth_consumer_key=\"dpf43f3p2l4k3l03\", {tokenPart}oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"{timestamp}\", oauth_nonce=\"{nonce}\", {extraPart}oauth_signature=\"{signature}\"",
            header);
    }

    [Fact]
    public void The_signature_base_string_of_the_rfc_comes_out() =>
        // RFC 5849, 3.4.1.1
        Assert.Equal(
            "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7",
            SignatureBase.Of(
                "post",
                Raw("http://EXAMPLE.com:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b"),
                "c2&a3=2+q",
                [
                    new("oauth_consumer_key", "9djdj82h48djs9d2"), new("oauth_token", "kkk9d7dh3k39sjv7"), new("oauth_signature_method", "HMAC-SHA1"),
                    new("oauth_timestamp", "137131201"), new("oauth_nonce", "7d8f3e4a"),
                ]));

    [Theory]
    [InlineData("http://EXAMPLE.COM:80/r%20v/X?id=123", "http://example.com/r%20v/X")] // RFC 5849, 3.4.1.2
    [InlineData("https://www.example.net:8080/?q=1", "https://www.example.net:8080/")] // RFC 5849, 3.4.1.2
    [InlineData("https://www.example.net:443", "https://www.example.net/")]
    [InlineData("https://www.example.net?x=1", "https://www.example.net/")]
    [InlineData("https://www.example.net/%7Ea/%2e/b//c", "https://www.example.net/%7Ea/%2e/b//c")]
    [InlineData("http://[::1]:8080/a", "http://[::1]:8080/a")]
    public void The_uri_is_signed_as_it_is_sent_but_for_host_and_default_port(string url, string expected) =>
        Assert.Equal(FormText.Encode(expected), SignatureBase.Of("GET", Raw(url), form: null, []).Split('&')[1]);

    [Theory]
    [InlineData("a=%zz&b=%", "a%3D%2525zz%26b%3D%2525")]
    [InlineData("a=%ff%C3%BC", "a%3D%25FF%25C3%25BC")]
    [InlineData("a+b=c+d%2B", "a%2520b%3Dc%2520d%252B")]
    [InlineData("=&&a", "%3D%26a%3D")]
    [InlineData("a=2&a=10&a=1", "a%3D1%26a%3D10%26a%3D2")]
    [InlineData("a=%21*'()~", "a%3D%2521%252A%2527%2528%2529~")]
    public void Query_parameters_are_decoded_sorted_and_encoded_byte_by_byte(string query, string expected) =>
        Assert.Equal(expected, SignatureBase.Of("GET", Raw($"https://example.com/?{query}"), form: null, []).Split('&')[2]);

    [Fact]
    public void The_example_of_twitter_comes_out()
    {
        var credentials = new OAuth1Credentials("xvz1evFS4wEEPTGEFPHBog")
        {
            ConsumerSecret = "kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw",
            Token = "370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb",
            TokenSecret = "LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE",
        };
        var header = Sign(
            new OAuth1Profile(),
            credentials,
            "POST",
            "https://api.twitter.com/1.1/statuses/update.json?include_entities=true",
            "status=Hello%20Ladies%20%2b%20Gentlemen%2c%20a%20signed%20OAuth%20request%21",
            1318622958,
            "kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg");
        Assert.Contains("oauth_version=\"1.0\", oauth_signature=\"hCtSmYh%2BiHYCEqBWrE7C7hYmtUk%3D\"", header, StringComparison.Ordinal);
    }

    [Fact]
    public void The_token_based_example_of_netsuite_comes_out()
    {
        var profile = new OAuth1Profile { SignatureMethod = OAuth1SignatureMethod.HmacSha256, Realm = "{{account}}" };
        Assert.Empty(profile.Validate());
        Assert.True(profile.WithVariables(Texts.Of(("account", "123456"))).TryGet(out var ready, out _));
        var credentials = new OAuth1Credentials("ef40afdd8abaac111b13825dd5e5e2ddddb44f86d5a0dd6dcf38c20aae6b67e4")
        {
            ConsumerSecret = "d26ad321a4b2f23b0741c8d38392ce01c3e23e109df6c96eac6d099e9ab9e8b5",
            Token = "2b0ce516420110bcbd36b69e99196d1b7f6de3c6234c5afb799b73d87569f5cc",
            TokenSecret = "c29a677df7d5439a458c063654187e3d678d73aca8e3c9d8bea1478a3eb0d295",
        };
        var header = Sign(
            ready,
            credentials,
            "POST",
            "https://123456.restlets.api.netsuite.com/app/site/hosting/restlet.nl?script=6&deploy=1&customParam=someValue&testParam=someOtherValue",
            form: null,
            1508242306,
            "fjaLirsIcCGVZWzBX0pg");
        Assert.StartsWith("OAuth realm=\"123456\", ", header, StringComparison.Ordinal);
        Assert.EndsWith("oauth_signature=\"%2BKK4SKNgz4ZiILGLwOMtfYlgcXSy1eis8ldE9X90azQ%3D\"", header, StringComparison.Ordinal);
    }

    [Fact]
    public void The_plaintext_examples_of_the_rfc_come_out()
    {
        // RFC 5849, 2.1 and 2.3
        var profile = new OAuth1Profile { SignatureMethod = OAuth1SignatureMethod.Plaintext, SendsVersion = false };
        var client = new OAuth1Credentials("jd83jd92dhsh93js") { ConsumerSecret = "ja893SD9" };
        Assert.EndsWith("oauth_signature=\"ja893SD9%26\"", Sign(profile, client, "POST", "https://server.example.com/request_temp_credentials"), StringComparison.Ordinal);
        Assert.EndsWith(
            "oauth_signature=\"ja893SD9%26xyz4992k83j47x0b\"",
            Sign(profile, client.With("hdk48Djdsa", "xyz4992k83j47x0b"), "POST", "https://server.example.com/request_token"),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(OAuth1SignatureMethod.RsaSha1, "SHA1")]
    [InlineData(OAuth1SignatureMethod.RsaSha256, "SHA256")]
    public void Rsa_signatures_verify_over_the_base_string(OAuth1SignatureMethod method, string hash)
    {
        using var rsa = RSA.Create(2048);
        Assert.True(SigningKey.Parse(rsa.ExportPkcs8PrivateKeyPem()).TryGet(out var key, out _));
        using var owned = key;
        var profile = new OAuth1Profile { SignatureMethod = method, Placement = OAuth1Placement.Query, SendsVersion = false };
        var query = Sign(profile, new OAuth1Credentials("me") { Key = key }, "GET", "https://example.com/a", form: null, 1, "n");
        FormText.Read(query, out var parameters);
        var name = method == OAuth1SignatureMethod.RsaSha1 ? "RSA-SHA1" : "RSA-SHA256";
        var text = $"GET&https%3A%2F%2Fexample.com%2Fa&oauth_consumer_key%3Dme%26oauth_nonce%3Dn%26oauth_signature_method%3D{name}%26oauth_timestamp%3D1";
        Assert.True(rsa.VerifyData(
            Encoding.ASCII.GetBytes(text), Convert.FromBase64String(parameters.Single(each => each.Name == "oauth_signature").Value), new HashAlgorithmName(hash), RSASignaturePadding.Pkcs1));

        var without = new OAuth1Signer(profile, new OAuth1Credentials("me")).Sign("GET", "https://example.com/a", form: null, DateTimeOffset.UnixEpoch);
        Assert.Equal("key", Assert.Single(without.Faults).Field);
    }

    [Fact]
    public void Each_request_has_its_own_nonce_and_hmac_sha512_is_longer()
    {
        var signer = new OAuth1Signer(new OAuth1Profile { SignatureMethod = OAuth1SignatureMethod.HmacSha512, Placement = OAuth1Placement.Body }, new OAuth1Credentials("me"));
        var signed = Enumerable.Range(0, 50).Select(_ =>
        {
            Assert.True(signer.Sign("POST", "https://example.com/", "a=b", DateTimeOffset.UnixEpoch).TryGet(out var parameters, out var faults), string.Join("; ", faults));
            Assert.DoesNotContain("oauth", parameters.ToString(), StringComparison.Ordinal);
            FormText.Read(parameters.Text, out var read);
            Assert.Equal(64, Convert.FromBase64String(read.Single(each => each.Name == "oauth_signature").Value).Length);
            return read.Single(each => each.Name == "oauth_nonce").Value;
        }).ToList();
        Assert.Equal(50, signed.Distinct(StringComparer.Ordinal).Count());
        Assert.All(signed, nonce => Assert.Matches("^[0-9a-f]{32}$", nonce));
    }

    [Fact]
    public void A_realm_is_a_quoted_string() =>
        Assert.StartsWith("OAuth realm=\"a\\\"b\\\\c\", oauth", Sign(new OAuth1Profile { Realm = "a\"b\\c" }, new OAuth1Credentials("me"), "GET", "https://example.com/"), StringComparison.Ordinal);

    [Fact]
    public void Urls_and_forms_from_anywhere_never_throw() =>
        Gen.Select(Gen.String, Gen.OneOf(Gen.String, Gen.String[Gen.Char["ab%fF0=&+/?#@:[]"], 0, 20])).Sample((form, rest) =>
        {
            var signer = new OAuth1Signer(new OAuth1Profile(), new OAuth1Credentials("me"));
            _ = signer.Sign("GET", rest, form, DateTimeOffset.UnixEpoch);
            return signer.Sign("GET", $"https://example.com{rest}", form, DateTimeOffset.UnixEpoch) is var _;
        });

    [Fact]
    public void Every_fault_of_a_profile_is_told_with_its_field()
    {
        var profile = new OAuth1Profile
        {
            RequestTokenUrl = "ftp://example.com",
            AuthorizeUrl = "https://example.com/authorize",
            Realm = "a\nb",
            RequestParameters = Texts.Of(("oauth_token", "x"), ("scope", "{{")),
            Captured = Texts.Of(("x", "")),
        };
        Assert.Equal(
            "accessTokenUrl captured.x realm requestParameters.oauth_token requestParameters.scope requestTokenUrl",
            string.Join(' ', profile.Validate().Select(fault => fault.Field).Order(StringComparer.Ordinal)));
        Assert.Equal("realm", Assert.Single(new OAuth1Profile { Realm = "{{a}}" }.WithVariables(Texts.Of(("a", "x\r\ny"))).Faults).Field);
        Assert.Empty(new OAuth1Profile().Validate());
    }

    private static string Sign(
        OAuth1Profile profile,
        OAuth1Credentials credentials,
        string method,
        string url,
        string? form = null,
        long timestamp = 1,
        string nonce = "n",
        IReadOnlyList<Parameter>? extra = null)
    {
        Assert.True(new OAuth1Signer(profile, credentials).Sign(method, url, form, extra ?? [], timestamp, nonce).TryGet(out var signed, out var faults), string.Join("; ", faults));
        return signed.Text;
    }

    private static Uri Raw(string url) => new(url, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
}
