using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using OpenIddict.Abstractions;
using Patchbay.Authorizing.Faults;
using Patchbay.Authorizing.Observing;
using Patchbay.Authorizing.Storing;

namespace Patchbay.Authorizing;

/// <summary>
/// A real OAuth 2.0 authorization server and OpenID provider on loopback, for tests only: OpenIddict on a SQLite file of its own, which is deleted
/// with it. Any number may run in one process.
/// </summary>
public sealed class AuthorizationServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _databaseFile;

    private AuthorizationServer(WebApplication app, string databaseFile)
    {
        (_app, _databaseFile) = (app, databaseFile);
        Url = new Uri(app.Urls.First());
        MutualTlsUrl = app.Urls.Skip(1).Select(u => new Uri(u)).FirstOrDefault();
        Observed = app.Services.GetRequiredService<Observations>();
        Faults = app.Services.GetRequiredService<TokenFaults>();
    }

    /// <summary>Where it listens, over http; the issuer too.</summary>
    public Uri Url { get; }

    /// <summary>Where it listens over https and takes client certificates; null unless asked for.</summary>
    public Uri? MutualTlsUrl { get; }

    /// <summary>The certificate of the https listener, without its key. Nobody trusts it by himself.</summary>
    public static X509Certificate2 TlsCertificate => X509CertificateLoader.LoadCertificate(ServerCertificate.Instance.RawData);

    /// <summary>The authorization endpoint.</summary>
    public Uri AuthorizeUrl => new(Url, Paths.Authorize);

    /// <summary>The token endpoint.</summary>
    public Uri TokenUrl => new(Url, Paths.Token);

    /// <summary>The revocation endpoint (RFC 7009).</summary>
    public Uri RevokeUrl => new(Url, Paths.Revoke);

    /// <summary>An API that wants a bearer token: <c>GET /api/me</c> and <c>POST /api/echo</c>.</summary>
    public Uri ApiUrl => new(Url, "/api");

    /// <summary>What it has seen.</summary>
    public Observations Observed { get; }

    /// <summary>What is to go wrong.</summary>
    public TokenFaults Faults { get; }

    /// <summary>Starts a server.</summary>
    /// <param name="options">How it behaves.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<AuthorizationServer> StartAsync(AuthorizationServerOptions options, CancellationToken cancellationToken = default)
    {
        var databaseFile = Path.Combine(Path.GetTempPath(), $"patchbay-authorization-{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}.db");
        var app = Composition.Build(options, databaseFile);
        try
        {
            await using (var scope = app.Services.CreateAsyncScope())
            {
                await scope.ServiceProvider.GetRequiredService<GrantsDb>().Database.EnsureCreatedAsync(cancellationToken);
                var clients = scope.ServiceProvider.GetRequiredService<IOpenIddictApplicationManager>();
                foreach (var client in options.Clients)
                    await clients.RegisterAsync(client, options.Scopes);
            }

            await app.StartAsync(cancellationToken);
            return new AuthorizationServer(app, databaseFile);
        }
        catch
        {
            await app.DisposeAsync();
            File.Delete(databaseFile);
            throw;
        }
    }

    /// <summary>Somebody with a browser of their own, who can sign in here.</summary>
    /// <param name="userName">The user name.</param>
    /// <param name="password">The password.</param>
    public Person NewPerson(string userName = "alice", string password = "wonderland") => new(Url, userName, password);

    /// <summary>Revokes every token and authorization, as a person does who disconnects an app in their account's settings. Nobody is told.</summary>
    /// <param name="cancellationToken">Ends the work.</param>
    public async Task RevokeEverythingAsync(CancellationToken cancellationToken = default)
    {
        await using var scope = _app.Services.CreateAsyncScope();
        var authorizations = scope.ServiceProvider.GetRequiredService<IOpenIddictAuthorizationManager>();
        await authorizations.RevokeAsync(null, null, OpenIddictConstants.Statuses.Valid, null, cancellationToken);
        var tokens = scope.ServiceProvider.GetRequiredService<IOpenIddictTokenManager>();
        await tokens.RevokeAsync(null, null, OpenIddictConstants.Statuses.Valid, null, cancellationToken);
    }

    /// <summary>Waits until somebody asks the process to end.</summary>
    internal Task WaitForShutdownAsync() => _app.WaitForShutdownAsync();

    /// <summary>Stops it; held and hanging requests lose their connection.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
        File.Delete(_databaseFile);
    }
}
