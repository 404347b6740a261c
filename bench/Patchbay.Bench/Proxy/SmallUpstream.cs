using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Patchbay.Bench.Proxy;

/// <summary>An API that answers every request with the same small document. Stands in where there is no nginx.</summary>
internal static class SmallUpstream
{
    public const string Body = """{"id":"01J0000000000000000000000","name":"a small answer","items":[1,2,3,4,5,6,7,8]}""";

    public static async Task RunAsync(string url)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.UseUrls(url);
        await using var app = builder.Build();
        app.Run(context =>
        {
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = Body.Length;
            return context.Response.WriteAsync(Body);
        });
        await app.RunAsync();
    }
}
