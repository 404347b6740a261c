using System.Net;
using System.Net.Sockets;
using System.Text;
using Patchbay.Protocols.Outbound;
using Xunit;

namespace Patchbay.UnitTests.Protocols.Outbound;

public sealed class OutboundNetworkTests
{
    private static readonly OutboundNetwork Closed = new(NetworkPolicy.PublicOnly, TimeProvider.System);
    private static readonly OutboundNetwork Open = new(NetworkPolicyTests.Parse("127.0.0.0/8"), TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Loopback_is_refused_unless_it_was_named()
    {
        await using var upstream = new RawUpstream(_ => RawUpstream.Ok("hello"));
        using var closed = Closed.CreateProxyInvoker();
        using var open = Open.CreateProxyInvoker();

        var failure = await FailureOf(closed, $"http://127.0.0.1:{upstream.Port}/");
        Assert.Equal(OutboundFailureKind.HostNotAllowed, failure.Kind);
        Assert.Equal(0, upstream.Connections);

        using var response = await SendAsync(open, $"http://127.0.0.1:{upstream.Port}/");
        Assert.Equal("hello", await response.Content.ReadAsStringAsync(Token));
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("LOCALHOST")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("0x7f.1")]
    [InlineData("0177.0.0.1")]
    [InlineData("127.1")]
    [InlineData("0")]
    [InlineData("[::1]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("[::ffff:7f00:1]")]
    [InlineData("[::]")]
    public async Task No_spelling_of_this_machine_gets_through(string host)
    {
        await using var upstream = new RawUpstream(_ => RawUpstream.Ok("hello"));
        using var invoker = Closed.CreateProxyInvoker();
        var failure = await FailureOf(invoker, $"http://{host}:{upstream.Port}/");
        Assert.Equal(OutboundFailureKind.HostNotAllowed, failure.Kind);
        Assert.Equal(0, upstream.Connections);
    }

    [Theory]
    [InlineData("10.0.0.1")]
    [InlineData("167772161")]
    [InlineData("0x0a.0.0.1")]
    [InlineData("012.0.0.1")]
    [InlineData("192.168.1")]
    [InlineData("172.16.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("2852039166")]
    [InlineData("0xa9fea9fe")]
    [InlineData("0xA9.0xFE.0xA9.0xFE")]
    [InlineData("0251.0376.0251.0376")]
    [InlineData("025177524776")]
    [InlineData("169.254.43518")]
    [InlineData("100.100.100.200")]
    [InlineData("[::ffff:10.0.0.1]")]
    [InlineData("[::ffff:169.254.169.254]")]
    [InlineData("[::ffff:a9fe:a9fe]")]
    [InlineData("[64:ff9b::7f00:1]")]
    [InlineData("[64:ff9b::a9fe:a9fe]")]
    [InlineData("[64:ff9b:1::a9fe:a9fe]")]
    [InlineData("[2002:a9fe:a9fe::1]")]
    [InlineData("[fd00:ec2::254]")]
    [InlineData("[fc00::1]")]
    [InlineData("[fe80::1]")]
    public async Task No_spelling_of_a_private_link_local_or_metadata_address_gets_through(string host)
    {
        using var proxy = Closed.CreateProxyInvoker();
        using var client = Closed.CreateClient(TimeSpan.FromSeconds(10), 1000);
        foreach (var invoker in new[] { proxy, client })
        {
            Assert.Equal(OutboundFailureKind.HostNotAllowed, (await FailureOf(invoker, $"http://{host}/latest/meta-data/")).Kind);
        }
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("10.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("::1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("64:ff9b::a9fe:a9fe")]
    [InlineData("fe80::1")]
    public async Task A_name_that_resolves_to_such_an_address_is_refused_each_time_it_is_connected_to(string address)
    {
        await using var upstream = new RawUpstream(_ => RawUpstream.Ok("hello"));
        var asked = 0;
        var connector = new GuardedConnector(
            NetworkPolicyTests.Parse("127.0.0.2"),
            (_, _) => Task.FromResult<IPAddress[]>([asked++ % 2 == 0 ? IPAddress.Parse(address) : IPAddress.Parse("127.0.0.2")]));
        using var handler = new SocketsHttpHandler { ConnectCallback = connector.ConnectAsync };
        using var invoker = new HttpMessageInvoker(handler);

        // Nobody listens at the address that is allowed; what counts is that the other one is not tried in its place.
        Assert.Equal(OutboundFailureKind.HostNotAllowed, (await FailureOf(invoker, $"http://moving.example:{upstream.Port}/")).Kind);
        Assert.Equal(OutboundFailureKind.Refused, (await FailureOf(invoker, $"http://moving.example:{upstream.Port}/")).Kind);
        Assert.Equal(OutboundFailureKind.HostNotAllowed, (await FailureOf(invoker, $"http://moving.example:{upstream.Port}/")).Kind);
        Assert.Equal((3, 0), (asked, upstream.Connections));
    }

    [Theory]
    [InlineData("127.0.0.1.")]
    [InlineData("①②⑦.0.0.1")]
    public async Task What_only_looks_like_an_address_of_this_machine_leads_nowhere(string host)
    {
        await using var upstream = new RawUpstream(_ => RawUpstream.Ok("hello"));
        using var invoker = Closed.CreateProxyInvoker();
        var failure = await FailureOf(invoker, $"http://{host}:{upstream.Port}/");
        Assert.True(failure.Kind is OutboundFailureKind.HostNotAllowed or OutboundFailureKind.NameNotResolved, failure.ToString());
        Assert.Equal(0, upstream.Connections);
    }

    [Fact]
    public async Task A_name_that_resolves_to_loopback_is_refused_by_name_and_its_address_is_not_told()
    {
        using var invoker = Closed.CreateProxyInvoker();
        var failure = await FailureOf(invoker, "http://localhost:9/");
        Assert.Equal(OutboundFailureKind.HostNotAllowed, failure.Kind);
        Assert.Contains("localhost", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("127", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_is_resolved_once_and_only_its_allowed_addresses_are_tried()
    {
        await using var upstream = new RawUpstream(_ => RawUpstream.Ok("hello"));
        var asked = 0;
        var connector = new GuardedConnector(
            NetworkPolicyTests.Parse("127.0.0.1"),
            (_, _) => Task.FromResult<IPAddress[]>(asked++ == 0 ? [IPAddress.Parse("127.0.0.2"), IPAddress.Loopback] : [IPAddress.Parse("127.0.0.2")]));
        using var handler = new SocketsHttpHandler { ConnectCallback = connector.ConnectAsync };
        using var invoker = new HttpMessageInvoker(handler);

        using var first = await SendAsync(invoker, $"http://moving.example:{upstream.Port}/");
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        Assert.Equal(1, asked);

        var second = await FailureOf(invoker, $"http://moving.example:{upstream.Port}/");
        Assert.Equal(OutboundFailureKind.HostNotAllowed, second.Kind);
        Assert.Equal(1, upstream.Connections);
    }

    [Fact]
    public void This_machines_addresses_are_known_as_its_own()
    {
        Assert.True(OwnAddresses.Contain(IPAddress.Loopback));
        Assert.False(OwnAddresses.Contain(IPAddress.Parse("192.0.2.1")));
        Assert.All(
            System.Net.NetworkInformation.NetworkInterface.GetAllNetworkInterfaces()
                .SelectMany(adapter => adapter.GetIPProperties().UnicastAddresses)
                .Select(unicast => unicast.Address)
                .Where(address => address.AddressFamily == AddressFamily.InterNetwork),
            address => Assert.True(OwnAddresses.Contain(address), $"{address}"));
    }

    [Fact]
    public async Task Redirects_are_answers_of_the_proxy_and_of_clients()
    {
        await using var upstream = new RawUpstream(_ => RawUpstream.Redirect("http://127.0.0.1:1/"));
        using var invoker = Open.CreateProxyInvoker();
        using var client = Open.CreateClient(TimeSpan.FromSeconds(10), 1000);

        using var proxied = await SendAsync(invoker, $"http://127.0.0.1:{upstream.Port}/");
        using var got = await client.GetAsync(new Uri($"http://127.0.0.1:{upstream.Port}/"), Token);
        Assert.Equal(HttpStatusCode.Found, proxied.StatusCode);
        Assert.Equal(HttpStatusCode.Found, got.StatusCode);
    }

    [Fact]
    public async Task The_proxy_adds_nothing_to_a_request_and_unpacks_nothing()
    {
        await using var upstream = new RawUpstream(_ => RawUpstream.Ok("\u001f\u008bnot unpacked", "Content-Encoding: gzip\r\nX-Bytes: \u00e9\u00ff\r\nSet-Cookie: a=b\r\n"));
        using var activity = new System.Diagnostics.Activity("a caller's trace").Start();
        using var invoker = Open.CreateProxyInvoker();

        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{upstream.Port}/");
        request.Headers.TryAddWithoutValidation("X-Bytes", "caf\u00c3\u00a9 \u00ff");
        using var response = await invoker.SendAsync(request, Token);

        Assert.Equal("\u001f\u008bnot unpacked", Encoding.Latin1.GetString(await response.Content.ReadAsByteArrayAsync(Token)));
        Assert.Equal("\u00e9\u00ff", response.Headers.NonValidated["X-Bytes"].ToString());
        var head = Assert.Single(upstream.Heads);
        Assert.Equal($"GET / HTTP/1.1\r\nHost: 127.0.0.1:{upstream.Port}\r\nX-Bytes: caf\u00c3\u00a9 \u00ff\r\n\r\n", head);

        using var again = await SendAsync(invoker, $"http://127.0.0.1:{upstream.Port}/");
        Assert.DoesNotContain("Cookie", upstream.Heads.Last(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3, HttpVersionPolicy.RequestVersionOrLower)]
    [InlineData(3, HttpVersionPolicy.RequestVersionOrHigher)]
    [InlineData(1, HttpVersionPolicy.RequestVersionOrHigher)]
    public async Task No_request_can_leave_over_a_transport_that_the_guard_does_not_open(int major, HttpVersionPolicy versionPolicy)
    {
        await using var upstream = new RawUpstream(_ => RawUpstream.Ok("hello"));
        using var invoker = Open.CreateProxyInvoker();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{upstream.Port}/")
        {
            Version = new Version(major, major == 1 ? 1 : 0),
            VersionPolicy = versionPolicy,
        };
        using var response = await invoker.SendAsync(request, Token);

        Assert.Equal((HttpVersion.Version20, HttpVersionPolicy.RequestVersionOrLower), (request.Version, request.VersionPolicy));
        Assert.Single(upstream.Heads);
    }

    [Fact]
    public async Task A_port_where_nobody_listens_is_refused_and_a_name_without_address_is_not_resolved()
    {
        int port;
        await using (var gone = new RawUpstream(_ => "")) port = gone.Port;
        using var invoker = Open.CreateProxyInvoker();

        Assert.Equal(OutboundFailureKind.Refused, (await FailureOf(invoker, $"http://127.0.0.1:{port}/")).Kind);
        Assert.Equal(OutboundFailureKind.NameNotResolved, (await FailureOf(invoker, "http://does-not-exist.invalid/")).Kind);
    }

    [Fact]
    public async Task What_is_no_TLS_and_what_is_no_HTTP_are_told_apart()
    {
        await using var upstream = new RawUpstream((_, stream, token) => stream.WriteAsync("nonsense\r\n\r\n"u8.ToArray(), token).AsTask());
        using var invoker = Open.CreateProxyInvoker();
        Assert.Equal(OutboundFailureKind.ConnectionLost, (await FailureOf(invoker, $"http://127.0.0.1:{upstream.Port}/")).Kind);

        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var answering = AnswerPlainlyAsync(listener);
        Assert.Equal(OutboundFailureKind.Tls, (await FailureOf(invoker, $"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/")).Kind);
        await answering;

        static async Task AnswerPlainlyAsync(TcpListener listener)
        {
            using var client = await listener.AcceptTcpClientAsync(Token);
            var stream = client.GetStream();
            await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray(), Token);
            client.Client.Shutdown(SocketShutdown.Send);
            var rest = new byte[4096];
            while (await stream.ReadAsync(rest, Token) > 0)
            {
                // Until the other side gives up.
            }
        }
    }

    [Fact]
    public async Task A_clients_answer_has_a_longest_length()
    {
        await using var upstream = new RawUpstream(_ => RawUpstream.Ok(new string('x', 1001)));
        using var client = Open.CreateClient(TimeSpan.FromSeconds(10), 1000);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetStringAsync(new Uri($"http://127.0.0.1:{upstream.Port}/"), Token));
    }

    [Fact]
    public void A_denial_is_found_inside_other_exceptions_and_nowhere_else()
    {
        var denied = new EgressDeniedException("h.example");
        Assert.Same(denied, EgressDeniedException.In(new HttpRequestException("outer", new InvalidOperationException("middle", denied))));
        Assert.Null(EgressDeniedException.In(new HttpRequestException("outer")));
        Assert.Null(EgressDeniedException.In(exception: null));
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpMessageInvoker invoker, string address)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        return await invoker.SendAsync(request, Token);
    }

    private static async Task<OutboundFailure> FailureOf(HttpMessageInvoker invoker, string address)
    {
        var exception = await Record.ExceptionAsync(async () => (await SendAsync(invoker, address)).Dispose());
        Assert.NotNull(exception);
        return OutboundFailure.Of(exception, new Uri(address).Host);
    }
}
