using System.Security.Cryptography;
using Patchbay.Platform.Connections;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Credentials;
using Patchbay.Protocols.Incoming;

namespace Patchbay.Platform.Triggers.Incoming;

/// <summary>What the requests to an endpoint must prove, and the handshakes that go before. Where anything about it is unclear, every request is refused.</summary>
internal sealed class ProofsOf
{
    public required IReadOnlyList<VerifierGroup> Groups { get; init; }
    public required IReadOnlyList<PlannedHandshake> Handshakes { get; init; }
    public required IReadOnlyList<ProofPlace> Hidden { get; init; }
    public string? RefusesAll { get; init; }

    /// <summary>Whether one of the credentials verifies in some way.</summary>
    public bool Uses<T>() => Groups.Any(g => g.Credentials.Any(c => c.Verifier is T));

    /// <summary>The proofs of a connection.</summary>
    /// <param name="secrets">Opens credentials.</param>
    /// <param name="connection">The connection with its credentials.</param>
    /// <param name="configs">The connector's configs.</param>
    /// <param name="verifiedBy">The configs that the trigger asks for; null for those that there are credentials for.</param>
    /// <exception cref="InvalidDataException">A credential does not open.</exception>
    public static async Task<ProofsOf> ConnectionAsync(
        SecretStore secrets, Connection connection, Dictionary<string, AuthSchemeConfigJson> configs, IReadOnlyList<string>? verifiedBy)
    {
        string? refuses = null;
        var groups = new Dictionary<string, VerifierGroup>(StringComparer.Ordinal);
        foreach (var uses in connection.Credentials.Where(c => c.Use == CredentialUse.Trigger).OrderBy(c => c.Position).GroupBy(c => c.AuthSchemeConfigId, StringComparer.Ordinal))
        {
            var credentials = new List<PlannedVerifier>();
            foreach (var use in uses)
            {
                if (configs.GetValueOrDefault(uses.Key) is not { } config)
                    refuses ??= $"the auth scheme config '{uses.Key}' was deleted";
                else if ((await PlanAsync(secrets, config, use.Credential!)).Succeeded(out var planned, out var failure))
                    credentials.Add(planned);
                else
                    refuses ??= failure.Message;
            }

            groups.Add(uses.Key, new VerifierGroup(uses.Key, credentials));
        }

        // Of a credential that came to its end nothing is left: without this a connection would be open from then on.
        foreach (var lost in connection.LostCredentials.Where(l => l.Use == CredentialUse.Trigger && !groups.ContainsKey(l.AuthSchemeConfigId)))
            refuses ??= $"the credential for '{lost.AuthSchemeConfigId}' expired";
        var wanted = verifiedBy ?? [.. groups.Keys.Where(id => configs.GetValueOrDefault(id)?.Challenge?.Only != true)];
        foreach (var id in wanted.Where(id => !groups.ContainsKey(id)))
            refuses ??= $"the connection has no trigger credential for '{id}', by which the trigger's requests are verified";
        return new ProofsOf
        {
            Groups = [.. wanted.Where(groups.ContainsKey).Select(id => groups[id])],
            Handshakes = [.. configs.Values.Where(c => groups.ContainsKey(c.Id) || wanted.Contains(c.Id, StringComparer.Ordinal)).Select(c => HandshakeOf(c, groups.GetValueOrDefault(c.Id))).OfType<PlannedHandshake>()],
            Hidden = [.. groups.Values.SelectMany(g => g.Credentials).SelectMany(c => c.Verifier.Places).Distinct()],
            RefusesAll = refuses,
        };
    }

    private static PlannedHandshake? HandshakeOf(AuthSchemeConfigJson config, VerifierGroup? group)
    {
        if (config.Challenge is not { } challenge || !Handshake.Create(challenge.ToOptions()).TryGet(out var handshake, out _))
            return null;
        var asksForProof = challenge.Verified ?? true;
        // Without a credential nothing can be proven, so there is nothing to say.
        if (asksForProof && group is not { Credentials.Count: > 0 })
            return null;
        return new PlannedHandshake(handshake, asksForProof ? group : null, group);
    }

    private static async Task<Outcome<PlannedVerifier>> PlanAsync(SecretStore secrets, AuthSchemeConfigJson config, Credential credential)
    {
        var secret = credential.Secret is null ? null : await secrets.OpenAsync(credential, CancellationToken.None);
        try
        {
            var type = CredentialKind.OfStored(credential.Type).Type;
            var parts = new CredentialParts(credential.PublicData, secret);
            if (!IncomingVerifier.Of(config, type, parts, "credential").Succeeded(out var verifier, out var failure))
                return failure;
            var key = config is AuthSchemeConfigHMACJson && config.Challenge is not null && IncomingVerifier.KeysOf(type, parts) is [var first, ..] ? first : [];
            return new PlannedVerifier(verifier, credential.ExpiresAt, key);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }
}
