using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Patchbay.Platform;
using Patchbay.Protocols.Outbound;
using Patchbay.Server;
using Yarp.ReverseProxy.Forwarder;

namespace Patchbay.Bench.Proxy;

/// <summary>
/// The measure of the proxy: the same forwarder, server settings and handler settings, and nothing else. It knows no callers, no
/// connections and no credentials, and sends every request to one place.
/// </summary>
internal static class BareForwarder
{
    public static async Task RunAsync(string url, string upstream)
    {
        NetworkPolicy.Parse(["127.0.0.0/8"]).TryGet(out var policy, out _);
        using var invoker = new OutboundNetwork(policy!, TimeProvider.System).CreateProxyInvoker();
        var config = new ForwarderRequestConfig { ActivityTimeout = new PatchbaySettings().ProxyIdleTimeout };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls(url);
        builder.WebHost.ConfigureKestrel(PatchbayServer.ConfigureKestrel);
        builder.Services.AddHttpForwarder();
        await using var app = builder.Build();
        var forwarder = app.Services.GetRequiredService<IHttpForwarder>();
        app.Run(async context => await forwarder.SendAsync(context, upstream, invoker, config, HttpTransformer.Empty));
        await app.RunAsync();
    }
}
