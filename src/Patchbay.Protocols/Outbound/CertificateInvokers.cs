using System.Diagnostics.CodeAnalysis;

namespace Patchbay.Protocols.Outbound;

/// <summary>
/// Keeps an invoker for each client certificate in use, since each is a pool of connections. Those that show the same chain and trust the
/// same authorities share one. One that nobody used for a while is disposed, and so is the one that was used longest ago where there are too
/// many; never one that is in use. Safe for concurrent use.
/// </summary>
public sealed class CertificateInvokers : IDisposable
{
    /// <summary>How many invokers are kept unless told otherwise.</summary>
    public const int DefaultCapacity = 128;

    /// <summary>How long an invoker is kept that nobody uses, unless told otherwise.</summary>
    public static readonly TimeSpan DefaultIdleTime = TimeSpan.FromMinutes(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _kept = new(StringComparer.Ordinal);
    private readonly Func<ClientCertificate, HttpMessageInvoker> _create;
    private readonly TimeProvider _time;
    private readonly int _capacity;
    private readonly TimeSpan _idleTime;
    private readonly ITimer _sweep;
    private bool _disposed;

    /// <summary>Makes an empty cache.</summary>
    /// <param name="create">
    /// Makes an invoker, such as <see cref="OutboundNetwork.CreateProxyInvoker"/> or <see cref="OutboundNetwork.CreateClient"/>.
    /// </param>
    /// <param name="time">The clock of idleness.</param>
    /// <param name="capacity">How many to keep, one at least.</param>
    /// <param name="idleTime">How long to keep one that nobody uses; it may be half as long again.</param>
    public CertificateInvokers(
        Func<ClientCertificate, HttpMessageInvoker> create, TimeProvider time, int capacity = DefaultCapacity, TimeSpan? idleTime = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _create = create;
        _time = time;
        _capacity = capacity;
        _idleTime = idleTime ?? DefaultIdleTime;
        _sweep = time.CreateTimer(static cache => ((CertificateInvokers)cache!).Sweep(), this, _idleTime / 2, _idleTime / 2);
    }

    /// <summary>Lends the invoker of a certificate.</summary>
    /// <param name="certificate">The certificate.</param>
    /// <returns>The invoker, to be given back by disposing the lease once the answer was read to its end.</returns>
    /// <exception cref="ObjectDisposedException">The cache was disposed.</exception>
    [SuppressMessage("Reliability", "CA2000", Justification = "The entry is disposed by whoever is last to use it.")]
    public CertificateInvokerLease Rent(ClientCertificate certificate)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_kept.TryGetValue(certificate.Identity, out var known)) return Lend(known);
        }

        // Making one takes milliseconds, and must not hold up the others.
        var made = new Entry(certificate.Identity, _create(certificate));
        Entry? surplus;
        CertificateInvokerLease lease;
        lock (_lock)
        {
            if (_kept.TryGetValue(certificate.Identity, out var known))
            {
                (lease, surplus) = (Lend(known), made);
            }
            else
            {
                surplus = MakeRoom();
                lease = Lend(made);

                // Where all are in use, and after the end, it serves this once.
                made.IsKept = !_disposed && _kept.Count < _capacity;
                if (made.IsKept) _kept.Add(made.Identity, made);
            }
        }

        surplus?.Invoker.Dispose();
        return lease;
    }

    /// <summary>Disposes the invokers; those in use, when they are given back.</summary>
    public void Dispose()
    {
        _sweep.Dispose();
        lock (_lock)
        {
            if (_disposed) return;
            _disposed = true;
        }

        DisposeIdle(static _ => true);
        lock (_lock)
        {
            // What is left is in use: the last to give it back disposes it.
            foreach (var entry in _kept.Values) entry.IsKept = false;
            _kept.Clear();
        }
    }

    internal void Return(Entry entry)
    {
        bool last;
        lock (_lock)
        {
            entry.Users--;
            entry.LastUsed = _time.GetTimestamp();
            last = entry is { Users: 0, IsKept: false };
        }

        if (last) entry.Invoker.Dispose();
    }

    private void Sweep() => DisposeIdle(entry => _time.GetElapsedTime(entry.LastUsed) >= _idleTime);

    private void DisposeIdle(Func<Entry, bool> isDue)
    {
        var due = new List<Entry>();
        lock (_lock)
        {
            due.AddRange(_kept.Values.Where(entry => entry.Users == 0 && isDue(entry)));
            foreach (var entry in due) _kept.Remove(entry.Identity);
        }

        foreach (var entry in due) entry.Invoker.Dispose();
    }

    private CertificateInvokerLease Lend(Entry entry)
    {
        entry.Users++;
        return new CertificateInvokerLease(this, entry);
    }

    private Entry? MakeRoom()
    {
        if (_kept.Count < _capacity) return null;
        var oldest = _kept.Values.Where(entry => entry.Users == 0).MinBy(entry => entry.LastUsed);
        if (oldest is not null) _kept.Remove(oldest.Identity);
        return oldest;
    }

    internal sealed class Entry(string identity, HttpMessageInvoker invoker)
    {
        public string Identity { get; } = identity;

        public HttpMessageInvoker Invoker { get; } = invoker;

        public int Users { get; set; }

        public long LastUsed { get; set; }

        public bool IsKept { get; set; }
    }
}

/// <summary>An invoker that is lent, and not disposed before it is given back.</summary>
public sealed class CertificateInvokerLease : IDisposable
{
    private readonly CertificateInvokers.Entry _entry;
    private CertificateInvokers? _cache;

    internal CertificateInvokerLease(CertificateInvokers cache, CertificateInvokers.Entry entry)
    {
        _cache = cache;
        _entry = entry;
        Invoker = entry.Invoker;
    }

    /// <summary>The invoker; it is not the borrower's to dispose.</summary>
    public HttpMessageInvoker Invoker { get; }

    /// <summary>Gives the invoker back.</summary>
    public void Dispose() => Interlocked.Exchange(ref _cache, value: null)?.Return(_entry);
}
