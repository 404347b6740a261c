using System.Net;
using Patchbay.Platform;
using Patchbay.Protocols.Outbound;
using Patchbay.Vault;

namespace Patchbay.Server;

/// <summary>The settings, from the command line, else the environment (<c>PATCHBAY_…</c>), else <c>appsettings.json</c>, else their defaults.</summary>
internal sealed record ServerOptions
{
    public const string DefaultUrls = "http://127.0.0.1:8080";

    private const string EnvironmentPrefix = "PATCHBAY_";

    public required string Urls { get; init; }

    /// <summary>Null for the address that the server listens on.</summary>
    public Uri? PublicUrl { get; init; }

    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];
    /// <summary>Whether clients may show certificates of their own on https.</summary>
    public bool ClientCertificates { get; init; }

    /// <summary>The header in which a trusted proxy sends the certificate that it was shown; null for none.</summary>
    public string? ClientCertificateHeader { get; init; }

    public required string DataDir { get; init; }
    public bool Postgres { get; init; }
    public string? ConnectionString { get; init; }
    /// <summary>The embedded store, where no connection string says otherwise.</summary>
    public string StoreFile => Path.Combine(DataDir, "patchbay.db");

    public required NetworkPolicy Egress { get; init; }

    /// <summary>Where the vault key comes from.</summary>
    public required IKeySource VaultKey { get; init; }

    /// <summary>The limits that the operator may move.</summary>
    public PatchbaySettings Settings { get; init; } = new();

    /// <summary>The operator key out of the environment; null to keep one in the data folder.</summary>
    public string? OperatorKey { get; init; }

    /// <summary>The hash of the operator's password out of the environment; null to look in the data folder.</summary>
    public string? OperatorPasswordHash { get; init; }

    /// <summary>Reads the settings.</summary>
    /// <param name="given">What the command line says, by the names of <c>appsettings.json</c>.</param>
    /// <exception cref="StartRefusedException">A setting is wrong.</exception>
    public static ServerOptions Load(IReadOnlyDictionary<string, string?> given)
    {
        var environment = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (System.Collections.DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (variable.Key is string name && name.StartsWith(EnvironmentPrefix, StringComparison.Ordinal))
                environment[name[EnvironmentPrefix.Length..].Replace("_", "", StringComparison.Ordinal)] = (string?)variable.Value;
        }

        var configuration = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, "appsettings.json"), optional: true)
            .AddJsonFile(Path.Combine(Environment.CurrentDirectory, "appsettings.json"), optional: true)
            .Build().GetSection("Patchbay");
        var dataDir = Setting("DataDir") ?? "data";
        var postgres = Setting("Database")?.ToLowerInvariant() switch
        {
            null or "" or "sqlite" => false,
            "postgres" or "postgresql" => true,
            var other => throw new StartRefusedException($"--database is '{other}'; it must be sqlite or postgres."),
        };
        var connectionString = Setting("ConnectionString");
        if (postgres && string.IsNullOrWhiteSpace(connectionString))
            throw new StartRefusedException("--database postgres needs --connection-string, such as 'Host=localhost;Database=patchbay;Username=patchbay;Password=…'.");
        var operatorKey = Setting("OperatorKey");
        if (operatorKey is { Length: > 0 and < Platform.Http.OperatorKey.MinLength })
            throw new StartRefusedException($"PATCHBAY_OPERATOR_KEY must have {Platform.Http.OperatorKey.MinLength} characters or more.");
        return new ServerOptions
        {
            Urls = Setting("Urls") ?? DefaultUrls,
            PublicUrl = PublicUrlOf(Setting("PublicUrl")),
            TrustedProxies = [.. List("TrustedProxy").Select(ProxyNetwork)],
            ClientCertificates = Flag(Setting("ClientCertificates"), "--client-certificates"),
            ClientCertificateHeader = HeaderOf(Setting("ClientCertificateHeader"), List("TrustedProxy").Length > 0),
            DataDir = Path.GetFullPath(dataDir),
            Postgres = postgres,
            ConnectionString = connectionString,
            VaultKey = VaultKeyOf(Setting, Path.GetFullPath(dataDir)),
            Egress = EgressOf(List("AllowNetwork")),
            Settings = LimitSetting.Read(Setting) with { BigQueryUrl = BigQueryUrlOf(Setting("BigQueryUrl")), TokenIssuers = TokenIssuersOf(List("TokenIssuer")), OpenId = PeopleOptions.OpenIdOf(Setting), Mail = PeopleOptions.MailOf(Setting), PeopleCreateOrganisations = Flag(Setting("PeopleCreateOrganisations"), "--people-create-organisations") },
            OperatorKey = string.IsNullOrEmpty(operatorKey) ? null : operatorKey,
            OperatorPasswordHash = PasswordHashOf(Setting("OperatorPasswordHash")),
        };

        string? Setting(string name) =>
            given.GetValueOrDefault(name) ?? environment.GetValueOrDefault(name) ?? configuration[name];

        string[] List(string name) =>
            given.GetValueOrDefault(name) is null && environment.GetValueOrDefault(name) is null && configuration.GetSection(name).GetChildren().Any()
                ? [.. configuration.GetSection(name).GetChildren().Select(c => c.Value!)]
                : Setting(name)?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
    }

    private static string? PasswordHashOf(string? text) => string.IsNullOrEmpty(text) ? null
        : PasswordHash.IsOne(text) ? text
        : throw new StartRefusedException("PATCHBAY_OPERATOR_PASSWORD_HASH is no hash of a password; `patchbay operator-password --print` makes one.");

    private static IKeySource VaultKeyOf(Func<string, string?> setting, string dataDir)
    {
        const string Environment = "PATCHBAY_VAULT_KEY";
        var (file, text, read, write) = (setting("VaultKeyFile"), setting("VaultKey"), setting("VaultKeyCommand"), setting("VaultKeyWriteCommand"));
        var given = ((string Name, string? Value)[])[("--vault-key-file", file), (Environment, text), ("--vault-key-command", read)];
        if (given.Where(g => !string.IsNullOrEmpty(g.Value)).Select(g => g.Name).ToList() is { Count: > 1 } several)
            throw new StartRefusedException($"{string.Join(" and ", several)} are given; the vault key comes from one place.");
        if (!string.IsNullOrEmpty(write) && string.IsNullOrEmpty(read))
            throw new StartRefusedException("--vault-key-write-command goes with --vault-key-command, which is not given.");
        if (!string.IsNullOrEmpty(text))
            return new KeyTextSource(text, Environment);
        return string.IsNullOrEmpty(read)
            ? new KeyFileSource(string.IsNullOrEmpty(file) ? Path.Combine(dataDir, "vault.key") : Path.GetFullPath(file))
            : new KeyCommandSource(read, string.IsNullOrEmpty(write) ? null : write, TimeProvider.System);
    }

    private static bool Flag(string? text, string option) => text?.ToLowerInvariant() switch
    {
        null or "" or "false" => false,
        "true" => true,
        var other => throw new StartRefusedException($"{option} is '{other}'; it must be true or false."),
    };

    private static string? HeaderOf(string? name, bool hasProxies)
    {
        if (string.IsNullOrEmpty(name))
            return null;
        if (!Protocols.Http.HeaderText.IsToken(name))
            throw new StartRefusedException($"--client-certificate-header is '{name}', which is no name of a header.");
        // From anybody else it would be no proof of anything.
        return hasProxies ? name : throw new StartRefusedException("--client-certificate-header needs --trusted-proxy: the header is believed from there only.");
    }

    private static Uri? PublicUrlOf(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Query.Length == 0 && url.Fragment.Length == 0
            ? url
            : throw new StartRefusedException($"--public-url is '{text}'; it must be an absolute http or https URL without query.");
    }

    private static string BigQueryUrlOf(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return new PatchbaySettings().BigQueryUrl;
        return Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" && url.Query.Length == 0 && url.Fragment.Length == 0 && url.UserInfo.Length == 0
            ? text.TrimEnd('/')
            : throw new StartRefusedException($"--bigquery-url is '{text}'; it must be an absolute http or https URL without query.");
    }

    private static IReadOnlyList<string> TokenIssuersOf(string[] prefixes)
    {
        if (prefixes.Length == 0)
            return new PatchbaySettings().TokenIssuers;
        return prefixes.FirstOrDefault(p => !Uri.TryCreate(p, UriKind.Absolute, out _) || !p.EndsWith('/')) is { } wrong
            ? throw new StartRefusedException($"--token-issuer is '{wrong}'; it must be an absolute URL that ends in a slash, such as https://versori.com/sk/.")
            : prefixes;
    }

    private static IPNetwork ProxyNetwork(string text)
    {
        if (IPAddress.TryParse(text, out var address))
            return new IPNetwork(address, address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? 32 : 128);
        return IPNetwork.TryParse(text, out var network)
            ? network
            : throw new StartRefusedException($"--trusted-proxy is '{text}'; it must be an address or a network such as 10.0.0.0/8.");
    }

    private static NetworkPolicy EgressOf(string[] networks)
    {
        return NetworkPolicy.Parse(networks).TryGet(out var policy, out var faults)
            ? policy
            : throw new StartRefusedException($"--allow-network: {string.Join(" ", faults.Select(f => f.Message))}");
    }
}
