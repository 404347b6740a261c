using System.Text;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Patchbay.Functions;
using Patchbay.Platform;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.Platform.SigningIn;
using Patchbay.Protocols.Incoming;
using Patchbay.Protocols.Outbound;
using Patchbay.Storage.Postgres;
using Patchbay.Storage.Sqlite;

namespace Patchbay.Server;

/// <summary>Puts the server together: choose the database, map the slices.</summary>
internal static class PatchbayServer
{
    /// <summary>Opens the store and builds the server; it listens once it runs.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="cancellationToken">Ends the opening of the store.</param>
    /// <param name="clock">The time; the system's unless given.</param>
    /// <param name="configure">A last word on the host, such as where its log goes.</param>
    /// <exception cref="StartRefusedException">It must not start like this.</exception>
    public static async Task<WebApplication> CreateAsync(
        ServerOptions options, CancellationToken cancellationToken, TimeProvider? clock = null, Action<WebApplicationBuilder>? configure = null)
    {
        var store = await OpenedStore.OpenAsync(options, cancellationToken);
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ApplicationName = "patchbay",
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environments.Production,
        });
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.UseUrls(options.Urls.Split(';', ','));
        builder.WebHost.ConfigureKestrel(ConfigureKestrel);
        if (options.ClientCertificates)
            builder.WebHost.ConfigureKestrel(TakeClientCertificates);
        builder.Logging.AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat, console.UseUtcTimestamp) = (true, "HH:mm:ss ", true));
        // From Information on the forwarder logs the address of each call, and with it the credentials that go in a query.
        builder.Logging.AddFilter("Yarp.ReverseProxy.Forwarder.HttpForwarder", LogLevel.Warning);
        // It logs as an error of the server that a client named a tool that is not there. What fails by our own fault, ServeTools logs.
        builder.Logging.AddFilter("ModelContextProtocol.Server.McpServer", LogLevel.Critical);

        var services = builder.Services;
        services.AddSingleton(clock ?? TimeProvider.System);
        services.AddSingleton(store.Dialect);
        services.AddSingleton(store.Keys);
        services.AddSingleton(options.VaultKey);
        services.AddSingleton(store.OperatorKey);
        services.AddSingleton(new OutboundNetwork(options.Egress, clock ?? TimeProvider.System));
        services.AddSingleton(new PublicAddress(options.PublicUrl));
        services.AddSingleton(FunctionHostProgram.Current);
        services.AddSingleton(new OperatorPasswordSource(() => OperatorCommands.ReadHash(options)));
        if (store.Dialect is PostgresDialect)
            services.AddDbContext<PatchbayDb, PostgresDb>(db => Configure(db, store.Dialect));
        else
            services.AddDbContext<PatchbayDb, SqliteDb>(db => Configure(db, store.Dialect));
        services.AddPatchbay(options.Settings);
        configure?.Invoke(builder);

        var app = builder.Build();
        // Before the proxy's word on who the client is takes the place of its own address.
        if (options.ClientCertificateHeader is { } header)
            app.Use((context, next) => TakeForwardedCertificate(context, next, header, options.TrustedProxies));
        if (options.TrustedProxies.Count > 0)
            app.UseForwardedHeaders(ForwardedHeadersFrom(options.TrustedProxies));
        app.UsePatchbay();
        app.MapHealth();
        app.MapDescriptions();
        ServeWhatIsReviewed(((IEndpointRouteBuilder)app).DataSources);
        Welcome.PrintWhenListening(app, options, store.Remarks);
        return app;
    }

    /// <summary>Refuses routes that nobody decided on, and serves the very ones that were looked at: a source builds its endpoints anew for whoever looks, which is most of a start.</summary>
    private static void ServeWhatIsReviewed(ICollection<EndpointDataSource> sources)
    {
        var endpoints = sources.SelectMany(s => s.Endpoints).ToList();
        if (PublicRoutes.Faults(endpoints.OfType<RouteEndpoint>()) is { Count: > 0 } faults)
            throw new InvalidOperationException(string.Join(Environment.NewLine, faults));
        sources.Clear();
        sources.Add(new DefaultEndpointDataSource(endpoints));
    }

    private static void Configure(DbContextOptionsBuilder options, IStoreDialect dialect)
    {
        dialect.Configure(options);
        options.UseModelOf(dialect);
        options.ConfigureWarnings(w => w.Ignore(
            CoreEventId.RowLimitingOperationWithoutOrderByWarning,
            CoreEventId.PossibleIncorrectRequiredNavigationWithQueryFilterInteractionWarning,
            // What fails in the store either is expected, such as a name that is taken, or comes up as a bug and is logged as one.
            CoreEventId.SaveChangesFailed,
            RelationalEventId.CommandError,
            RelationalEventId.TransactionError));
    }

    internal static void ConfigureKestrel(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestHeadersTotalSize = 64 * 1024;
        kestrel.AllowAlternateSchemes = true;
        // What reads a body has a limit of its own and answers 413. This one would close the connection on a client that is still sending.
        kestrel.Limits.MaxRequestBodySize = null;
        // Each byte of a header value is one character, so that proxied headers pass whatever their encoding; what our own APIs read
        // and write there is ASCII.
        kestrel.RequestHeaderEncodingSelector = static _ => Encoding.Latin1;
        kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.Latin1;
    }

    /// <summary>Whatever is shown is taken: which certificates are good differs by connection, and is seen there.</summary>
    private static void TakeClientCertificates(KestrelServerOptions kestrel) => kestrel.ConfigureHttpsDefaults(https =>
    {
        https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
        https.ClientCertificateValidation = static (_, _, _) => true;
    });

    private static Task TakeForwardedCertificate(HttpContext context, RequestDelegate next, string header, IReadOnlyList<System.Net.IPNetwork> proxies)
    {
        var from = context.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : context.Connection.RemoteIpAddress;
        if (from is not null && proxies.Any(p => p.Contains(from)))
        {
            var certificate = ShownCertificate.Parse(context.Request.Headers[header]);
            if (certificate is not null)
                context.Response.RegisterForDispose(certificate);
            context.Features.Set(new ForwardedCertificate(certificate));
        }

        return next(context);
    }

    private static ForwardedHeadersOptions ForwardedHeadersFrom(IReadOnlyList<System.Net.IPNetwork> proxies)
    {
        // The host is never taken over: absolute URLs are built from the setting --public-url.
        var options = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var proxy in proxies)
            options.KnownIPNetworks.Add(proxy);
        return options;
    }
}
