using System.CommandLine;

namespace Patchbay.Server;

/// <summary>The program's commands and options. Without a command it serves.</summary>
internal static class CommandLine
{
    public static Task<int> RunAsync(string[] args)
    {
        var urls = new Option<string>("--urls") { Description = $"Where to listen; several with ';'. Default {ServerOptions.DefaultUrls}." };
        var publicUrl = new Option<string>("--public-url") { Description = "The address under which clients reach the server. Default: where it listens." };
        var trustedProxy = new Option<string[]>("--trusted-proxy") { Description = "Address or network of a proxy whose X-Forwarded headers are believed; repeatable." };
        var dataDir = new Option<string>("--data-dir") { Description = "The folder for the embedded store and the keys. Default ./data." };
        var database = new Option<string>("--database") { Description = "sqlite (default) or postgres." };
        var connectionString = new Option<string>("--connection-string") { Description = "How to reach the database; needed for postgres." };
        var allowNetwork = new Option<string[]>("--allow-network") { Description = "A private network that connectors may reach, such as 127.0.0.0/8; repeatable." };
        var root = new RootCommand("Patchbay, a self-hosted integration platform.")
        {
            urls, publicUrl, trustedProxy, dataDir, database, connectionString, allowNetwork,
        };
        root.SetAction(async (parsed, cancellationToken) =>
        {
            var given = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase)
            {
                ["Urls"] = parsed.GetValue(urls),
                ["PublicUrl"] = parsed.GetValue(publicUrl),
                ["TrustedProxy"] = Joined(parsed.GetValue(trustedProxy)),
                ["DataDir"] = parsed.GetValue(dataDir),
                ["Database"] = parsed.GetValue(database),
                ["ConnectionString"] = parsed.GetValue(connectionString),
                ["AllowNetwork"] = Joined(parsed.GetValue(allowNetwork)),
            };
            return await ServeAsync(given, cancellationToken);
        });
        // The host itself listens to signals, and takes its time to end what is under way.
        return root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

        static string? Joined(string[]? values) => values is { Length: > 0 } ? string.Join(',', values) : null;
    }

    private static async Task<int> ServeAsync(Dictionary<string, string?> given, CancellationToken cancellationToken)
    {
        try
        {
            await using var app = await PatchbayServer.CreateAsync(ServerOptions.Load(given), cancellationToken);
            await app.RunAsync(cancellationToken);
            return 0;
        }
        catch (StartRefusedException e)
        {
            await Console.Error.WriteLineAsync($"Patchbay does not start: {e.Message}");
            return 1;
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await Console.Error.WriteLineAsync($"Patchbay does not start: {e.Message} Choose another address with --urls.");
            return 1;
        }
    }
}

/// <summary>The server must not run like this; the message says why, and what to do.</summary>
internal sealed class StartRefusedException(string message) : Exception(message);
