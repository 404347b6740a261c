using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Core;
using OpenIddict.Server;
using OpenIddict.Validation;
using Patchbay.Authorizing.Faults;
using Patchbay.Authorizing.Observing;
using Patchbay.Authorizing.Pages;
using Patchbay.Authorizing.Storing;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Patchbay.Authorizing;

/// <summary>Puts an authorization server together.</summary>
internal static class Composition
{
    /// <summary>Keys take long to make, and issuers tell the servers of a process apart.</summary>
    private static readonly Lazy<RsaSecurityKey> SigningKey = new(() => new RsaSecurityKey(RSA.Create(2048)) { KeyId = "signing" });

    private static readonly Lazy<RsaSecurityKey> EncryptionKey = new(() => new RsaSecurityKey(RSA.Create(2048)) { KeyId = "encryption" });

    /// <summary>Makes a server that is not started.</summary>
    /// <param name="options">How it behaves.</param>
    /// <param name="databaseFile">Its store, which need not exist.</param>
    public static WebApplication Build(AuthorizationServerOptions options, string databaseFile)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(IPAddress.Loopback, options.Port);
            if (options.MutualTls)
            {
                kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https =>
                {
                    https.ServerCertificate = ServerCertificate.Instance;
                    https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
                    // Whose certificate it is and whether it is trusted is decided for each client, when that client is known.
                    https.AllowAnyClientCertificate();
                }));
            }
        });
        if (options.MutualTls)
            builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
        AddServices(builder.Services, options, databaseFile);
        AddOpenIddict(builder.Services, options);

        var app = builder.Build();
        app.UseRouting();
        app.UseMiddleware<TokenRequestGate>();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapMethods(Paths.Authorize, ["GET", "POST"], (AuthorizeEndpoint endpoint, HttpContext context) => endpoint.AuthorizeAsync(context));
        app.MapPost(Paths.Token, TokenEndpoint.ExchangeAsync);
        app.MapGet(Paths.SignIn, SignInPage.Show);
        app.MapPost(Paths.SignIn, SignInPage.SignInAsync);
        app.MapApi();
        if (options.Control)
            app.MapControl();
        return app;
    }

    private static void AddServices(IServiceCollection services, AuthorizationServerOptions options, string databaseFile)
    {
        services.AddRoutingCore();
        services.AddSingleton(options);
        services.AddSingleton<Observations>();
        services.AddSingleton<TokenFaults>();
        services.AddSingleton<TokenRequestGate>();
        services.AddSingleton<AuthorizeEndpoint>();
        services.AddDbContext<GrantsDb>(db => db.UseSqlite($"Data Source={databaseFile};Pooling=False").UseOpenIddict());
        // Cookies are good for this server only, and nothing is left in the user's home.
        services.AddDataProtection().UseEphemeralDataProtectionProvider();
        services.AddAuthorization();
        services.AddAuthentication(CookieAuthenticationDefaults.AuthenticationScheme).AddCookie(cookie =>
        {
            // A cookie goes to every port of a host.
            cookie.Cookie.Name = "signed-in-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(6));
            cookie.TimeProvider = options.Clock;
        });
    }

    private static void AddOpenIddict(IServiceCollection services, AuthorizationServerOptions options)
    {
        services.AddOpenIddict()
            .AddCore(core => core.UseEntityFrameworkCore().UseDbContext<GrantsDb>())
            .AddServer(server =>
            {
                server.SetAuthorizationEndpointUris(Paths.Authorize[1..]).SetTokenEndpointUris(Paths.Token[1..]).SetRevocationEndpointUris(Paths.Revoke[1..]);
                server.AllowAuthorizationCodeFlow().AllowClientCredentialsFlow().AllowPasswordFlow().AllowRefreshTokenFlow();
                server.RegisterScopes([.. options.Scopes]);
                server.AddSigningKey(SigningKey.Value).AddEncryptionKey(EncryptionKey.Value).DisableAccessTokenEncryption();
                server.SetAccessTokenLifetime(options.AccessTokenLifetime)
                    .SetRefreshTokenLifetime(options.RefreshTokenLifetime)
                    .SetRefreshTokenReuseLeeway(options.ReuseGrace);
                if (!options.RotateRefreshTokens)
                    KeepRefreshTokens(server);
                if (!options.StrictClientAssertions)
                    server.AcceptUsualClientAssertions();
                if (options.MutualTls)
                    EnableClientCertificates(server, options);
                server.AddEventHandler<ValidateTokenContext>(handler => handler.UseScopedHandler<ReuseDetection>().SetOrder(ReuseDetection.Order));
                server.AddEventHandler<ApplyRevocationResponseContext>(handler => handler.UseSingletonHandler<RevocationCount>().SetOrder(int.MinValue));
                server.UseAspNetCore().DisableTransportSecurityRequirement().EnableAuthorizationEndpointPassthrough().EnableTokenEndpointPassthrough();
            })
            .AddValidation(validation =>
            {
                validation.UseLocalServer();
                validation.UseAspNetCore();
            });
        var clock = new WholeSeconds(options.Clock);
        services.Configure<OpenIddictCoreOptions>(core => core.TimeProvider = clock);
        services.PostConfigure<OpenIddictValidationOptions>(validation =>
        {
            validation.TimeProvider = clock;
            // Afterwards, since the local server switches the look into the store off for tokens that are JWTs.
            validation.EnableTokenEntryValidation = validation.EnableAuthorizationEntryValidation = true;
        });
        services.AddOptions<OpenIddictServerOptions>().Configure<IServer>((server, listener) =>
        {
            server.TimeProvider = clock;
            // Made at the first request, when the ports are known.
            var addresses = listener.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.ToList();
            server.Issuer = new Uri(addresses[0]);
            if (options.MutualTls)
            {
                server.MtlsTokenEndpointAliasUri = new Uri(addresses[1] + Paths.Token);
                server.MtlsRevocationEndpointAliasUri = new Uri(addresses[1] + Paths.Revoke);
            }
        });
    }

    private static void KeepRefreshTokens(OpenIddictServerBuilder server)
    {
        server.Configure(o => o.DisableRollingRefreshTokens = o.DisableSlidingRefreshTokenExpiration = true);
        // OpenIddict would give another refresh token, while the first one stays good.
        server.AddEventHandler<ApplyTokenResponseContext>(handler => handler.SetOrder(int.MinValue).UseInlineHandler(context =>
        {
            if (context.Request?.IsRefreshTokenGrantType() == true)
                context.Response.RefreshToken = null;
            return ValueTask.CompletedTask;
        }));
    }

    private static void EnableClientCertificates(OpenIddictServerBuilder server, AuthorizationServerOptions options)
    {
        server.EnableSelfSignedTlsClientAuthentication();
        if (options.ClientCertificateAuthorities.Count > 0)
            server.EnablePublicKeyInfrastructureTlsClientAuthentication([.. options.ClientCertificateAuthorities.Select(a => X509Certificate2.CreateFromPem(a))]);
    }
}
