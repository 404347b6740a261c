using Patchbay.Protocols.Outbound;
using Xunit;

namespace Patchbay.UnitTests.Protocols.Outbound;

public sealed class CertificateInvokersTests : IDisposable
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(4);

    private readonly TestAuthority _authority = new();
    private readonly ManualTime _time = new();
    private readonly CertificateInvokers _invokers;
    private readonly ClientCertificate _first;
    private readonly ClientCertificate _second;
    private readonly ClientCertificate _third;
    private int _made;

    public CertificateInvokersTests()
    {
        _invokers = new CertificateInvokers(_ => Make(), _time, capacity: 2, Idle);
        _first = MutualTlsTests.Client(_authority);
        _second = MutualTlsTests.Client(_authority);
        _third = MutualTlsTests.Client(_authority);
    }

    public void Dispose()
    {
        _invokers.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public void One_certificate_has_one_invoker()
    {
        using var lease = _invokers.Rent(_first);
        using var again = _invokers.Rent(_first);
        using var other = _invokers.Rent(_second);
        Assert.Same(lease.Invoker, again.Invoker);
        Assert.NotSame(lease.Invoker, other.Invoker);
        Assert.Equal(2, _made);
    }

    [Fact]
    public void One_that_is_idle_is_kept_for_a_while_and_then_disposed()
    {
        var invoker = Use(_first);
        _time.Advance(Idle - TimeSpan.FromSeconds(1));
        Assert.Same(invoker, Use(_first));
        _time.Advance(Idle - TimeSpan.FromSeconds(1));
        Assert.False(invoker.IsDisposed);
        _time.Advance(Idle);
        Assert.True(invoker.IsDisposed);
        Assert.NotSame(invoker, Use(_first));
    }

    [Fact]
    public void One_in_use_is_never_disposed_and_its_idleness_begins_when_it_is_given_back()
    {
        var lease = _invokers.Rent(_first);
        var invoker = (Watched)lease.Invoker;
        _time.Advance(Idle * 10);
        Assert.False(invoker.IsDisposed);
        lease.Dispose();
        lease.Dispose();
        _time.Advance(Idle / 2);
        Assert.False(invoker.IsDisposed);
        _time.Advance(Idle);
        Assert.True(invoker.IsDisposed);
    }

    [Fact]
    public void Where_there_are_too_many_the_one_that_was_used_longest_ago_goes()
    {
        var first = Use(_first);
        _time.Advance(TimeSpan.FromSeconds(1));
        var second = Use(_second);
        _time.Advance(TimeSpan.FromSeconds(1));
        Use(_first);
        _time.Advance(TimeSpan.FromSeconds(1));
        var third = Use(_third);
        Assert.Equal((false, true, false), (first.IsDisposed, second.IsDisposed, third.IsDisposed));
    }

    [Fact]
    public void Where_all_are_in_use_one_more_serves_once()
    {
        using var first = _invokers.Rent(_first);
        using var second = _invokers.Rent(_second);
        var third = _invokers.Rent(_third);
        var invoker = (Watched)third.Invoker;
        Assert.False(invoker.IsDisposed);
        third.Dispose();
        Assert.True(invoker.IsDisposed);
        Assert.False(((Watched)first.Invoker).IsDisposed);
    }

    [Fact]
    public void The_end_disposes_what_is_idle_at_once_and_what_is_in_use_afterwards()
    {
        var idle = Use(_first);
        var lease = _invokers.Rent(_second);
        _invokers.Dispose();
        _invokers.Dispose();
        Assert.True(idle.IsDisposed);
        Assert.False(((Watched)lease.Invoker).IsDisposed);
        lease.Dispose();
        Assert.True(((Watched)lease.Invoker).IsDisposed);
        Assert.Throws<ObjectDisposedException>(() => _invokers.Rent(_first));
    }

    [Fact]
    public async Task Nobody_is_ever_lent_one_that_is_disposed()
    {
        using var invokers = new CertificateInvokers(_ => Make(), TimeProvider.System, capacity: 2, TimeSpan.FromMilliseconds(2));
        ClientCertificate[] certificates = [_first, _second, _third];
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(() =>
        {
            for (var turn = 0; turn < 3000; turn++)
            {
                using var lease = invokers.Rent(certificates[(turn * 7 + worker) % 3]);
                Assert.False(((Watched)lease.Invoker).IsDisposed);
                Thread.Yield();
                Assert.False(((Watched)lease.Invoker).IsDisposed);
            }
        })));
    }

    private Watched Use(ClientCertificate certificate)
    {
        using var lease = _invokers.Rent(certificate);
        return (Watched)lease.Invoker;
    }

    private Watched Make()
    {
        Interlocked.Increment(ref _made);
        return new Watched();
    }

    private sealed class Watched() : HttpMessageInvoker(new SocketsHttpHandler())
    {
        public bool IsDisposed { get; private set; }

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
