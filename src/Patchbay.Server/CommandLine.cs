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
        var allowNetwork = new Option<string[]>("--allow-network") { Description = "A private network that connectors may reach, such as 127.0.0.0/8; repeatable." };
        var clientCertificates = new Option<bool>("--client-certificates") { Description = "Let clients show certificates on https, for triggers that are verified by them." };
        var certificateHeader = new Option<string>("--client-certificate-header") { Description = "The header in which a trusted proxy sends the client certificate that it was shown." };
        var bigQueryUrl = new Option<string>("--bigquery-url") { Description = "Where BigQuery's REST API is. Default: Google's." };
        var tokenIssuers = new Option<string[]>("--token-issuer")
        {
            Description = "What stands before a signing key's id in the issuer of a token, besides the server's own {public-url}/sk/. Default: https://versori.com/sk/.", AllowMultipleArgumentsPerToken = true,
        };
        var store = new StoreSettings();
        var root = new RootCommand("Patchbay, a self-hosted integration platform.") { urls, publicUrl, trustedProxy, allowNetwork, clientCertificates, certificateHeader, bigQueryUrl, tokenIssuers };
        var texts = LimitSetting.All.ToDictionary(l => l.Name, l => new Option<string>(l.Option) { Description = l.Description }, StringComparer.Ordinal);
        foreach (var (name, option, description) in PeopleOptions.All)
            texts[name] = new Option<string>(option) { Description = description };
        foreach (var option in texts.Values)
            root.Add(option);
        store.AddTo(root);
        root.Add(VaultCommands.Create(store));
        root.Add(AuditCommands.Create(store));
        root.Add(OperatorCommands.Create(store));
        var import = ImportCommand.Create();
        root.Add(import);
        root.SetAction(async (parsed, cancellationToken) =>
        {
            var given = store.In(parsed);
            given["Urls"] = parsed.GetValue(urls);
            given["PublicUrl"] = parsed.GetValue(publicUrl);
            given["TrustedProxy"] = Joined(parsed.GetValue(trustedProxy));
            given["ClientCertificates"] = parsed.GetValue(clientCertificates) ? "true" : null;
            given["ClientCertificateHeader"] = parsed.GetValue(certificateHeader);
            given["AllowNetwork"] = Joined(parsed.GetValue(allowNetwork));
            given["BigQueryUrl"] = parsed.GetValue(bigQueryUrl);
            given["TokenIssuer"] = Joined(parsed.GetValue(tokenIssuers));
            foreach (var (name, option) in texts)
                given[name] = parsed.GetValue(option);
            return await ServeAsync(given, cancellationToken);
        });
        // The host itself listens to signals, and takes its time to end what is under way.
        var parsed = root.Parse(args);
        var ended = parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
        return parsed.Errors.Count > 0 && parsed.CommandResult.Command == import ? ImportCommand.MisusedAsync(ended) : ended;

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

/// <summary>The options that say which store and which keys, for the server and every command.</summary>
internal sealed class StoreSettings
{
    private readonly Dictionary<string, Option<string>> _options = new(StringComparer.OrdinalIgnoreCase)
    {
        ["DataDir"] = new("--data-dir") { Description = "The folder for the embedded store and the keys. Default ./data." },
        ["Database"] = new("--database") { Description = "sqlite (default) or postgres." },
        ["ConnectionString"] = new("--connection-string") { Description = "How to reach the database; needed for postgres." },
        ["VaultKeyFile"] = new("--vault-key-file") { Description = "The file with the vault key. Default vault.key in the data folder." },
        ["VaultKeyCommand"] = new("--vault-key-command") { Description = "A program that prints the vault key, in place of a file." },
        ["VaultKeyWriteCommand"] = new("--vault-key-write-command") { Description = "A program that takes a changed vault key on its standard input." },
    };

    public void AddTo(RootCommand root)
    {
        foreach (var option in _options.Values)
        {
            option.Recursive = true;
            root.Add(option);
        }
    }

    /// <summary>What the command line says, by the names of <c>appsettings.json</c>.</summary>
    public Dictionary<string, string?> In(ParseResult parsed) =>
        _options.ToDictionary(o => o.Key, o => parsed.GetValue(o.Value), StringComparer.OrdinalIgnoreCase);
}

/// <summary>The server must not run like this; the message says why, and what to do.</summary>
internal sealed class StartRefusedException(string message) : Exception(message);
