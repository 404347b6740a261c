using Patchbay.Platform.Http;
using Scalar.AspNetCore;

namespace Patchbay.Server;

/// <summary>The API descriptions and the pages over them.</summary>
internal static class Descriptions
{
    public static void MapDescriptions(this WebApplication app)
    {
        app.MapOpenApi("/openapi/{documentName}.json").WithAccess(new Access.Public());
        app.MapScalarApiReference("/docs", scalar =>
        {
            scalar.WithTitle("Patchbay");
            foreach (var (name, (title, _)) in ApiDocuments.All)
                scalar.AddDocument(name, title);
        }).WithAccess(new Access.Public());
    }
}
