using System.Net;
using System.Security.Cryptography;
using Patchbay.Protocols.Outbound;
using Xunit;

namespace Patchbay.UnitTests.Protocols.Outbound;

public sealed class MutualTlsTests : IDisposable
{
    private static readonly OutboundNetwork Open = new(NetworkPolicyTests.Parse("127.0.0.1"), TimeProvider.System);

    private readonly TestAuthority _authority = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_connection_shows_the_certificate_and_its_issuers(bool isRsa)
    {
        await using var upstream = Upstream();
        using var key = isRsa ? (AsymmetricAlgorithm)RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var certificate = Client(_authority, key);
        using var invoker = Open.CreateProxyInvoker(certificate);
        using var client = Open.CreateClient(TimeSpan.FromSeconds(30), 1000, certificate);

        using var answer = await SendAsync(invoker, upstream.Address);
        Assert.Equal("hello", await answer.Content.ReadAsStringAsync(Token));
        Assert.Equal("hello", await client.GetStringAsync(new Uri(upstream.Address), Token));
        Assert.Equal("CN=client CN=Root issuing|CN=client CN=Root issuing", string.Join('|', upstream.Shown));
    }

    [Fact]
    public async Task Without_a_certificate_none_is_shown_and_a_private_authority_is_not_trusted()
    {
        await using var upstream = Upstream();
        using var plain = Open.CreateProxyInvoker();
        Assert.Equal(OutboundFailureKind.Tls, await FailureOf(plain, upstream.Address));
        Assert.Empty(upstream.Shown);
    }

    [Fact]
    public async Task A_certificate_without_authorities_trusts_those_of_the_system_only()
    {
        await using var upstream = Upstream();
        var (pem, key) = _authority.Client();
        using (key)
        {
            Assert.True(ClientCertificate.Create(pem, key.ExportPkcs8PrivateKeyPem(), caPem: null).TryGet(out var certificate, out _));
            using var invoker = Open.CreateProxyInvoker(certificate);
            Assert.Equal(OutboundFailureKind.Tls, await FailureOf(invoker, upstream.Address));
        }
    }

    [Fact]
    public async Task A_server_of_another_authority_is_refused()
    {
        await using var upstream = Upstream();
        using var other = new TestAuthority();
        using var invoker = Open.CreateProxyInvoker(Client(other));
        Assert.Equal(OutboundFailureKind.Tls, await FailureOf(invoker, upstream.Address));
        Assert.Empty(upstream.Shown);
    }

    [Fact]
    public async Task A_server_with_another_name_is_refused()
    {
        await using var upstream = Upstream("other.example");
        using var invoker = Open.CreateProxyInvoker(Client(_authority));
        Assert.Equal(OutboundFailureKind.Tls, await FailureOf(invoker, upstream.Address));
        Assert.Empty(upstream.Shown);
    }

    [Fact]
    public async Task The_guard_stands_before_a_client_with_a_certificate_too()
    {
        await using var upstream = Upstream();
        using var invoker = new OutboundNetwork(NetworkPolicy.PublicOnly, TimeProvider.System).CreateProxyInvoker(Client(_authority));
        Assert.Equal(OutboundFailureKind.HostNotAllowed, await FailureOf(invoker, upstream.Address));
    }

    [Fact]
    public async Task Redirects_are_not_followed()
    {
        await using var upstream = new TlsUpstream(_authority.Server(), [_authority.Issuing], RawUpstream.Redirect("/elsewhere"));
        var certificate = Client(_authority);
        using var client = Open.CreateClient(TimeSpan.FromSeconds(30), 1000, certificate);
        using var answer = await client.GetAsync(new Uri(upstream.Address), Token);
        Assert.Equal(HttpStatusCode.Found, answer.StatusCode);
        Assert.Single(upstream.Shown);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task No_certificate_leads_to_a_fetch_of_its_issuer_past_the_guard(bool withCertificate)
    {
        await using var inner = new RawUpstream(_ => RawUpstream.Ok("not a certificate"));
        await using var upstream = new TlsUpstream(_authority.Server(issuerAddress: $"http://127.0.0.1:{inner.Port}/issuer.cer"), []);
        using var invoker = Open.CreateProxyInvoker(withCertificate ? Client(_authority) : null);
        Assert.Equal(OutboundFailureKind.Tls, await FailureOf(invoker, upstream.Address));
        Assert.Equal(0, inner.Connections);
    }

    [Fact]
    public async Task Many_handshakes_at_once_judge_each_server_by_itself()
    {
        await using var good = Upstream();
        await using var bad = new TlsUpstream(_authority.Server(), []);
        using var invoker = Open.CreateProxyInvoker(Client(_authority));
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(async index =>
        {
            if (index % 2 == 1) return await FailureOf(invoker, bad.Address);
            using var answer = await SendAsync(invoker, good.Address);
            return (OutboundFailureKind?)null;
        }));
        Assert.All(outcomes.Index(), outcome => Assert.Equal(outcome.Index % 2 == 1 ? OutboundFailureKind.Tls : null, outcome.Item));
    }

    [Fact]
    public void A_loaded_certificate_gives_up_its_key_when_it_is_disposed()
    {
        var loaded = Client(_authority).Load();
        var own = loaded.Context.TargetCertificate;
        Assert.True(own.HasPrivateKey);
        loaded.Dispose();
        Assert.Equal(IntPtr.Zero, own.Handle);
    }

    internal static ClientCertificate Client(TestAuthority authority, AsymmetricAlgorithm? given = null)
    {
        var (pem, key) = authority.Client(given);
        Assert.True(ClientCertificate.Create(pem, key.ExportPkcs8PrivateKeyPem(), authority.CaPem).TryGet(out var certificate, out var faults), string.Join(' ', faults));
        if (given is null) key.Dispose();
        return certificate;
    }

    private TlsUpstream Upstream(string? host = null) => new(_authority.Server(host), [_authority.Issuing]);

    private static async Task<HttpResponseMessage> SendAsync(HttpMessageInvoker invoker, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        return await invoker.SendAsync(request, Token);
    }

    private static async Task<OutboundFailureKind?> FailureOf(HttpMessageInvoker invoker, string address)
    {
        var exception = await Record.ExceptionAsync(async () => (await SendAsync(invoker, address)).Dispose());
        Assert.NotNull(exception);
        return OutboundFailure.Of(exception, new Uri(address).Host).Kind;
    }
}
