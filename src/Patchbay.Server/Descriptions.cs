using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.Net.Http.Headers;
using Microsoft.OpenApi;
using Patchbay.Platform;
using Patchbay.Platform.Http;
using Scalar.AspNetCore;

namespace Patchbay.Server;

/// <summary>The API descriptions and the pages over them.</summary>
internal static class Descriptions
{
    public static void MapDescriptions(this WebApplication app)
    {
        // Made once: nothing in them changes while the server runs, and making one takes longer than an anonymous caller may cost.
        var made = new ConcurrentDictionary<string, Lazy<Task<Description>>>(StringComparer.Ordinal);
        app.MapGet("/openapi/{documentName}.json", async Task<Results<FileContentHttpResult, ApiError>> (string documentName) =>
        {
            if (!ApiDocuments.All.ContainsKey(documentName))
                return new ApiError(Failure.NotFound("description"));
            var description = await made.GetOrAdd(documentName, name => new Lazy<Task<Description>>(() => Description.MakeAsync(app.Services, name))).Value;
            return TypedResults.Bytes(description.Json, "application/json", entityTag: description.Tag);
        }).WithAccess(new Access.Public()).ExcludeFromDescription();
        app.MapScalarApiReference("/docs", ConfigurePages).WithAccess(new Access.Public());
    }

    private static void ConfigurePages(ScalarOptions pages, HttpContext context)
    {
        pages.WithTitle("Patchbay");
        foreach (var (name, document) in ApiDocuments.All)
            pages.AddDocument(name, document.Title);

        // The pages must work where there is no internet, and tell nobody what is read and tried on them.
        pages.DisableDefaultFonts().DisableTelemetry().DisableAgent().DisableMcp().HideClientButton().HideDeveloperTools();

        // They take keys from people. A script that came from elsewhere, or got into the page, must not run, and nothing may leave.
        var nonce = Convert.ToBase64String(RandomNumberGenerator.GetBytes(18));
        pages.WithNonce(nonce);
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy =
            $"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; " +
            "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = "no-store";
    }

    /// <summary>A description as it is served.</summary>
    private sealed record Description(byte[] Json, EntityTagHeaderValue Tag)
    {
        public static async Task<Description> MakeAsync(IServiceProvider services, string name)
        {
            var document = await services.GetRequiredKeyedService<IOpenApiDocumentProvider>(name).GetOpenApiDocumentAsync();
            using var json = new MemoryStream();
            await document.SerializeAsJsonAsync(json, OpenApiSpecVersion.OpenApi3_1);
            var bytes = json.ToArray();
            return new Description(bytes, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))}\""));
        }
    }
}
