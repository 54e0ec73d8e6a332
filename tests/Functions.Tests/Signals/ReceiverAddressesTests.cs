using System.Net;
using BlokSec.Functions.Signals;
using CsCheck;

namespace BlokSec.Functions.Tests.Signals;

public sealed class ReceiverAddressesTests
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.255.255.254")]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("100.64.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("168.63.129.16")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.0.192")]
    [InlineData("192.168.0.1")]
    [InlineData("198.18.0.1")]
    [InlineData("203.0.113.7")]
    [InlineData("224.0.0.1")]
    [InlineData("239.255.255.255")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:169.254.169.254")]
    [InlineData("::127.0.0.1")]
    [InlineData("64:ff9b::a00:1")]
    [InlineData("64:ff9b::7f00:1")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("100::1")]
    [InlineData("2001::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::")]
    [InlineData("fc00::1")]
    [InlineData("fd00:ec2::254")]
    [InlineData("fe80::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    [InlineData("fe80::1%1")]
    public void An_address_that_only_we_may_reach_is_refused(string address) =>
        Assert.False(ReceiverAddresses.IsAllowed(IPAddress.Parse(address), allowLoopback: false));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("52.1.2.3")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("2606:4700::1111")]
    [InlineData("2a00:1450:4001::1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::808:808")]
    public void A_public_address_is_allowed(string address) => Assert.True(ReceiverAddresses.IsAllowed(IPAddress.Parse(address), allowLoopback: false));

    [Fact]
    public void Loopback_is_allowed_in_development_only_and_opens_no_other_address()
    {
        Assert.True(ReceiverAddresses.IsAllowed(IPAddress.Loopback, allowLoopback: true));
        Assert.True(ReceiverAddresses.IsAllowed(IPAddress.IPv6Loopback, allowLoopback: true));
        Assert.False(ReceiverAddresses.IsAllowed(IPAddress.Parse("10.0.0.1"), allowLoopback: true));
        Assert.False(ReceiverAddresses.IsAllowed(IPAddress.Parse("169.254.169.254"), allowLoopback: true));
    }

    [Fact]
    public void An_address_of_IPv4_means_the_same_however_it_is_wrapped() => Gen.UInt.Sample(bits =>
    {
        var plain = new IPAddress([(byte)(bits >> 24), (byte)(bits >> 16), (byte)(bits >> 8), (byte)bits]);
        var isAllowed = ReceiverAddresses.IsAllowed(plain, allowLoopback: false);
        return ReceiverAddresses.IsAllowed(plain.MapToIPv6(), allowLoopback: false) == isAllowed;
    });

    [Theory]
    [InlineData("https://receiver.example.com/events", true)]
    [InlineData("https://receiver.example.com:8443/events?tenant=1", true)]
    [InlineData("https://8.8.8.8/", true)]
    [InlineData("http://receiver.example.com/events", false)]
    [InlineData("ftp://receiver.example.com/events", false)]
    [InlineData("file:///etc/passwd", false)]
    [InlineData("https://localhost/events", false)]
    [InlineData("https://LOCALHOST:443/events", false)]
    [InlineData("https://localhost./events", false)]
    [InlineData("https://127.0.0.1./events", false)]
    [InlineData("https://2130706433./events", false)]
    [InlineData("https://intranet/events", false)]
    [InlineData("https://intranet./events", false)]
    [InlineData("https://0/events", false)]
    [InlineData("https://127.1/events", false)]
    [InlineData("https://[::ffff:7f00:1]/events", false)]
    [InlineData("https://[64:ff9b::a9fe:a9fe]/events", false)]
    [InlineData("https://%31%32%37.0.0.1/events", false)]
    [InlineData("https://127.0.0.1/events", false)]
    [InlineData("https://2130706433/events", false)]
    [InlineData("https://0x7f.1/events", false)]
    [InlineData("https://0177.0.0.1/events", false)]
    [InlineData("https://[::1]/events", false)]
    [InlineData("https://[::ffff:10.0.0.1]/events", false)]
    [InlineData("https://[fe80::1]/events", false)]
    [InlineData("https://169.254.169.254/metadata/identity", false)]
    [InlineData("https://user:password@receiver.example.com/", false)]
    [InlineData("https://receiver.example.com\\@127.0.0.1/", false)]
    [InlineData("https://receiver.example.com/#fragment", false)]
    [InlineData("https://rec\u00e9iver.example.com/", false)]
    [InlineData("//receiver.example.com/", false)]
    [InlineData("receiver", false)]
    [InlineData("", false)]
    public void Only_an_https_address_on_the_internet_is_taken(string address, bool isTaken) =>
        Assert.Equal(isTaken, ReceiverAddresses.Fault(address, allowLoopback: false) is null);
}
