using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Patchbay.UnitTests.Protocols.Outbound;

/// <summary>A TLS server on loopback that asks for a client's certificate, keeps what it is shown, and answers every request alike.</summary>
internal sealed class TlsUpstream : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly X509Certificate2 _certificate;
    private readonly SslStreamCertificateContext _context;
    private readonly string _answer;
    private readonly Task _accepting;

    /// <param name="certificate">Its own; it is disposed with the server.</param>
    /// <param name="chain">What it sends along.</param>
    public TlsUpstream(X509Certificate2 certificate, X509Certificate2Collection chain, string? answer = null)
    {
        _certificate = certificate;
        _context = SslStreamCertificateContext.Create(certificate, chain, offline: true);
        _answer = answer ?? RawUpstream.Ok("hello");
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string Address => $"https://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/";

    /// <summary>For each connection that a request came over, the subjects of the certificates that the client sent, its own first.</summary>
    public ConcurrentQueue<string> Shown { get; } = new();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
        _certificate.Dispose();
    }

    private async Task AcceptAsync()
    {
        var running = new List<Task>();
        try
        {
            while (true) running.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(running);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var shown = "";
                await using var stream = new SslStream(client.GetStream());
                await stream.AuthenticateAsServerAsync(
                    new SslServerAuthenticationOptions
                    {
                        ServerCertificateContext = _context,
                        ClientCertificateRequired = true,
                        RemoteCertificateValidationCallback = (_, certificate, chain, _) =>
                        {
                            var sent = chain?.ChainPolicy.ExtraStore.Select(one => one.Subject) ?? [];
                            shown = string.Join(' ', new[] { certificate?.Subject }.Concat(sent.Where(subject => subject != certificate?.Subject)));
                            return true;
                        },
                    },
                    _stop.Token);
                using var reader = new StreamReader(stream, Encoding.Latin1);
                if (await reader.ReadLineAsync(_stop.Token) is null) return;
                while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 })
                {
                    // The head only.
                }

                Shown.Enqueue(shown);
                await stream.WriteAsync(Encoding.Latin1.GetBytes(_answer), _stop.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException or AuthenticationException)
            {
                // The client went away, or the test is over.
            }
        }
    }
}
