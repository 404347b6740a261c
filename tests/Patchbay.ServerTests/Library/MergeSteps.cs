using Patchbay.ServerTests.Hosting;

namespace Patchbay.ServerTests.Library;

/// <summary>A connector of the library, its importer, and merges.</summary>
internal static class MergeSteps
{
    public static readonly Description First = new() { Actions = 4 };

    public static async Task<(Tenant Publisher, Tenant Importer, string Source, string Copy)> ImportedAsync(PatchbayHost host, Func<Publication, Task>? more = null)
    {
        var (publisher, importer) = (await host.NewOrganisationAsync("publisher"), await host.NewOrganisationAsync("importer"));
        var source = (await publisher.ImportPublicAsync(First)).Id;
        if (more is not null)
            await more(new Publication(publisher, source));
        var copy = (await importer.PostAsync($"connectors/{source}/versions/1.0.0/library/import")).Expect(200).Id;
        return (publisher, importer, source, copy);
    }

    public static async Task<Answer> UpstreamAsync(Tenant importer, string copy) => (await importer.GetAsync($"connectors/{copy}/versions/1.0.0/upstream")).Expect(200);

    public static async Task<Answer> MergeAsync(Tenant importer, string copy, int status, string? code = null, object? body = null)
    {
        var answer = await importer.PostAsync($"connectors/{copy}/versions/1.0.0/upstream/merge", body ?? new { upstreamVersion = "latest" });
        return code is null ? answer.Expect(status) : answer.ExpectError(status, code);
    }

    /// <summary>A public connector.</summary>
    internal sealed record Publication(Tenant Publisher, string Source)
    {
        public async Task OAuth()
        {
            var config = Connectors.AuthSchemeConfigTests.OAuth2("publisher-secret");
            config["id"] = "theirs";
            (await Publisher.PutAsync($"connectors/{Source}/auth-scheme-configs/theirs", config)).Expect(200);
        }
    }
}
