using System.Net;
using CsCheck;
using Patchbay.Protocols;
using Patchbay.Protocols.Outbound;
using Xunit;

namespace Patchbay.UnitTests.Protocols.Outbound;

public sealed class NetworkPolicyTests
{
    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("1.1.1.1")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("172.15.255.255")]
    [InlineData("172.32.0.0")]
    [InlineData("223.255.255.255")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001::1")]
    [InlineData("::ffff:8.8.8.8")]
    public void Public_addresses_are_open(string address) => Assert.True(NetworkPolicy.PublicOnly.Allows(IPAddress.Parse(address)));

    [Theory]
    [InlineData("0.0.0.0", "unspecified")]
    [InlineData("0.1.2.3", "this network")]
    [InlineData("127.0.0.1", "loopback")]
    [InlineData("127.255.255.255", "loopback")]
    [InlineData("10.0.0.1", "private")]
    [InlineData("172.16.0.1", "private")]
    [InlineData("172.31.255.255", "private")]
    [InlineData("192.168.1.1", "private")]
    [InlineData("100.64.0.1", "shared")]
    [InlineData("100.100.100.200", "metadata")]
    [InlineData("169.254.0.1", "link-local")]
    [InlineData("169.254.169.254", "metadata")]
    [InlineData("168.63.129.16", "metadata")]
    [InlineData("192.0.0.192", "metadata")]
    [InlineData("192.0.2.1", "documentation")]
    [InlineData("198.18.0.1", "benchmarking")]
    [InlineData("198.51.100.1", "documentation")]
    [InlineData("203.0.113.1", "documentation")]
    [InlineData("192.88.99.1", "6to4 relay")]
    [InlineData("224.0.0.1", "multicast")]
    [InlineData("239.255.255.255", "multicast")]
    [InlineData("240.0.0.1", "reserved")]
    [InlineData("255.255.255.255", "broadcast")]
    [InlineData("::", "unspecified")]
    [InlineData("::1", "loopback")]
    [InlineData("::127.0.0.1", "IPv4-compatible")]
    [InlineData("::8.8.8.8", "IPv4-compatible")]
    [InlineData("::ffff:127.0.0.1", "IPv4-mapped")]
    [InlineData("::ffff:10.0.0.1", "IPv4-mapped")]
    [InlineData("::ffff:169.254.169.254", "IPv4-mapped")]
    [InlineData("::ffff:0:127.0.0.1", "IPv4-translated")]
    [InlineData("64:ff9b::127.0.0.1", "NAT64")]
    [InlineData("64:ff9b::169.254.169.254", "NAT64")]
    [InlineData("64:ff9b::8.8.8.8", "NAT64")]
    [InlineData("64:ff9b:1::1", "local NAT64")]
    [InlineData("2002:7f00:1::1", "6to4")]
    [InlineData("2002:808:808::1", "6to4")]
    [InlineData("2001:0:7f00:1::", "Teredo")]
    [InlineData("2001:20::1", "ORCHIDv2")]
    [InlineData("2001:db8::1", "documentation")]
    [InlineData("3fff::1", "documentation")]
    [InlineData("100::1", "discard-only")]
    [InlineData("5f00::1", "segment routing")]
    [InlineData("fc00::1", "unique local")]
    [InlineData("fd00:ec2::254", "metadata")]
    [InlineData("fe80::1", "link-local")]
    [InlineData("fe80::1%2", "link-local")]
    [InlineData("fec0::1", "site-local")]
    [InlineData("ff02::1", "multicast")]
    [InlineData("4000::1", "not assigned to the public")]
    [InlineData("1::1", "not assigned to the public")]
    public void Everything_else_is_closed(string address, string why)
    {
        Assert.False(NetworkPolicy.PublicOnly.Allows(IPAddress.Parse(address)), why);
        Assert.False(Parse("1.1.1.0/24").Allows(IPAddress.Parse(address)), why);
    }

    [Theory]
    [InlineData("127.0.0.0/8", "127.1.2.3", "10.0.0.1")]
    [InlineData("127.0.0.0/8", "::ffff:127.0.0.1", "::1")]
    [InlineData("10.1.0.0/16", "10.1.255.255", "10.2.0.0")]
    [InlineData("10.1.2.3", "10.1.2.3", "10.1.2.4")]
    [InlineData("10.1.2.3/32", "10.1.2.3", "10.1.2.2")]
    [InlineData("::1", "::1", "127.0.0.1")]
    [InlineData("::1/128", "::1", "::2")]
    [InlineData("fd00::/8", "fdff::1", "fc00::1")]
    [InlineData("fe80::/10", "fe80::1%2", "fec0::1")]
    [InlineData("0.0.0.0/0", "169.254.169.254", "::1")]
    [InlineData("::/0", "::1", "127.0.0.1")]
    public void A_named_network_opens_itself_and_nothing_more(string network, string inside, string outside)
    {
        var policy = Parse(network);
        Assert.True(policy.Allows(IPAddress.Parse(inside)));
        Assert.False(policy.Allows(IPAddress.Parse(outside)));
        Assert.True(policy.Allows(IPAddress.Parse("8.8.8.8")));
    }

    [Theory]
    [InlineData("64:ff9b::/96", "64:ff9b::8.8.8.8", "64:ff9b::127.0.0.1")]
    [InlineData("64:ff9b::/96", "64:ff9b::1.1.1.1", "64:ff9b::169.254.169.254")]
    [InlineData("2002::/16", "2002:808:808::1", "2002:a00:1::1")]
    [InlineData("::/0", "64:ff9b::8.8.8.8", "64:ff9b::10.0.0.1")]
    public void Opening_a_gateway_does_not_open_what_is_behind_it(string network, string inside, string outside)
    {
        Assert.True(Parse(network).Allows(IPAddress.Parse(inside)));
        Assert.False(Parse(network).Allows(IPAddress.Parse(outside)));
        Assert.True(Parse(network, "0.0.0.0/0").Allows(IPAddress.Parse(outside)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("example.com")]
    [InlineData("127.1")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("010.0.0.1")]
    [InlineData("2130706433")]
    [InlineData("127.0.0.1/33")]
    [InlineData("127.0.0.1/-1")]
    [InlineData("127.0.0.1/")]
    [InlineData("127.0.0.0/8/8")]
    [InlineData("127.0.0.0/ 8")]
    [InlineData(" 127.0.0.0/8")]
    [InlineData("127.0.0.0/+8")]
    [InlineData("::1/129")]
    [InlineData("[::1]")]
    [InlineData("[::1]:80")]
    [InlineData("fe80::1%eth0")]
    [InlineData("127.0.0.1:80")]
    [InlineData("::ffff:10.0.0.0/104")]
    [InlineData("/8")]
    public void What_is_no_network_is_a_fault(string text)
    {
        var fault = Assert.Single(NetworkPolicy.Parse([text]).Faults);
        Assert.Equal((FaultKind.Malformed, "[0]"), (fault.Kind, fault.Subject));
    }

    [Fact]
    public void Bits_behind_the_prefix_are_a_fault_that_names_the_network()
    {
        Assert.Contains("10.1.0.0/16", Assert.Single(NetworkPolicy.Parse(["10.1.2.3/16"]).Faults).Message, StringComparison.Ordinal);
        Assert.Contains("fd00::/9", Assert.Single(NetworkPolicy.Parse(["fd00::1/9"]).Faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_faulty_entry_is_named() =>
        Assert.Equal("[0] [2]", string.Join(' ', NetworkPolicy.Parse(["a", "10.0.0.0/8", "b"]).Faults.Select(fault => fault.Subject)));

    [Fact]
    public void Texts_from_anywhere_never_throw() =>
        Gen.Select(Gen.OneOf(Gen.Const(""), Gen.Const("10."), Gen.Const("::"), Gen.Const("/"), Gen.Const("127.0.0.0/"), Gen.Const("fe80::%")), Gen.String).Sample((start, rest) =>
            NetworkPolicy.Parse([start + rest]) is var outcome && outcome.Succeeded == (outcome.Faults.Count == 0));

    [Fact]
    public void An_address_and_its_mapped_form_are_judged_alike() =>
        Gen.Byte.Array[4].Sample(bytes =>
        {
            var policy = Parse("10.0.0.0/8");
            var address = new IPAddress(bytes);
            return policy.Allows(address) == policy.Allows(address.MapToIPv6());
        });

    internal static NetworkPolicy Parse(params string[] networks)
    {
        Assert.True(NetworkPolicy.Parse(networks).TryGet(out var policy, out _));
        return policy;
    }
}
