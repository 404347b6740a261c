using Patchbay.Platform;

namespace Patchbay.Server;

/// <summary>What a newcomer reads in the terminal: where the server is, where the keys lie, and what to do next.</summary>
internal static class Welcome
{
    public static void PrintWhenListening(WebApplication app, ServerOptions options, IReadOnlyList<string> remarks) =>
        app.Lifetime.ApplicationStarted.Register(() =>
        {
            var address = app.Services.GetRequiredService<PublicAddress>();
            address.ListensOn(app.Urls);
            var url = address.Absolute("");
            var key = options.OperatorKey is null ? $"$(cat {Path.Combine(options.DataDir, "operator.key")})" : "$PATCHBAY_OPERATOR_KEY";
            Console.WriteLine($"""

                Patchbay is ready at {url}
                Store          {(options.Postgres ? "PostgreSQL" : options.ConnectionString is null ? options.StoreFile : "SQLite")}
                {string.Join(Environment.NewLine, remarks)}
                Documentation  {url}/docs

                Next, make an organisation and an API key for it:
                  curl -s {url}/api/organisations/v1/organisations -H "Authorization: Bearer {key}" \
                    -H 'Content-Type: application/json' -d '{"{"}"slug":"acme","displayName":"Acme"{"}"}'
                README.md goes on from there. Stop the server with Ctrl+C.

                """);
        });
}
