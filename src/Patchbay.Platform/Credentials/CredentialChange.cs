using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Patchbay.Platform.Authorizations;
using Patchbay.Platform.Connections;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Credentials.Kinds;
using Patchbay.Platform.Data;
using Patchbay.Protocols.Outbound;

namespace Patchbay.Platform.Credentials;

/// <summary>What a credential is to be from now on.</summary>
/// <param name="Kind">Its type.</param>
/// <param name="Parts">Its data.</param>
/// <param name="Exchanged">What a code was traded for, where it was one.</param>
/// <param name="IsLive">Whether it lives by tokens.</param>
/// <param name="IsOther">Whether it shows who we are by anything else than before.</param>
internal sealed record CredentialChange(CredentialKind Kind, CredentialParts Parts, ExchangedCode? Exchanged, bool IsLive, bool IsOther)
{
    /// <summary>The type, never a secret.</summary>
    public override string ToString() => $"{nameof(CredentialChange)} ({Kind.Name})";
}

/// <summary>Reads what a credential is to be, and sees for each of its connections whether it can be applied there.</summary>
internal sealed class ReadCredentialChange(ReadCredentials read, TokenCertificates certificates, TimeProvider clock)
{
    /// <param name="seen">The credential as it is.</param>
    /// <param name="stored">The same, opened.</param>
    /// <param name="connections">What uses it, with connectors and configs.</param>
    /// <param name="request">What was sent.</param>
    /// <param name="endUser">What sign-ins at providers are bound to (<see cref="ConnectionOwner.Authorization"/>); empty for the organisation itself.</param>
    /// <param name="cancellationToken">Cancels, until a code is sent.</param>
    public async Task<Outcome<CredentialChange>> RunAsync(
        Credential seen, CredentialParts stored, IReadOnlyList<Connection> connections, CredentialUpdateJson request, string endUser, CancellationToken cancellationToken)
    {
        var faults = new List<FieldFault>();
        if (CredentialExpiry.FaultOf(request.ExpiresAt, clock.Now(), "expiresAt") is { } over)
            faults.Add(over);
        var kind = CredentialKind.Of(request.Type);
        if (kind.Name != seen.Type && kind.Becomes?.Name != seen.Type)
            return Failure.InvalidFields([.. faults, new("type", $"stays {seen.Type}: a credential of another type is another credential")]);
        if (!kind.Read(request.Data, "data", kind.Name == seen.Type ? stored : null).Succeeded(out var parts, out var failure))
            return Failure.InvalidFields([.. faults, .. failure.Fields]);
        if (kind is OAuth2TokenKind && parts.Tokens is null)
            parts = parts with { PublicData = stored.PublicData };

        var uses = UsesOf(connections, seen, request, kind, parts, faults).ToList();
        foreach (var (connection, credential) in uses)
        {
            var certificate = await CertificateOfAsync(connection, seen.Id, cancellationToken);
            if ((await read.CheckAsync(connection.Connector!, [credential], VariablesOf(connection), faults, cancellationToken, certificate)).Failure is { } unusable)
                return unusable;
        }

        if (kind.Becomes is not null && !uses.Exists(u => u.Credential.Use == CredentialUse.Action))
            faults.Add(new("type", "serves to connect again, and no connection uses this credential with an auth scheme config that is there"));
        if (faults.Count > 0)
            return Failure.InvalidFields([.. faults.Distinct()]);
        var isLive = uses.Exists(u => u.Credential.IsLive);
        if (kind.Becomes is null)
            return new CredentialChange(kind, parts, null, isLive, parts.Tokens is not null || IsOther(stored, parts));

        var (first, code) = uses.First(u => u.Credential.Use == CredentialUse.Action);
        return (await read.ExchangeCodesAsync(first.Connector!, [code], VariablesOf(first), endUser, cancellationToken)).Failure is { } refused
            ? refused
            : new CredentialChange(code.Kind, code.Parts, code.Exchanged, code.IsLive, IsOther: true);
    }

    private static IEnumerable<(Connection Connection, ReadCredential Credential)> UsesOf(
        IReadOnlyList<Connection> connections, Credential seen, CredentialUpdateJson request, CredentialKind kind, CredentialParts parts, List<FieldFault> faults)
    {
        foreach (var connection in connections)
        {
            foreach (var use in connection.Credentials.Where(c => c.CredentialId == seen.Id))
            {
                // Where its config was deleted there is nothing that it could be applied by, and the connection says so.
                if (connection.Connector!.AuthSchemeConfigs.Find(c => c.Id == use.AuthSchemeConfigId) is not { } stored)
                    continue;
                var config = AuthSchemeConfigJson.Of(stored);
                if (CredentialKind.For(kind.Type, config.SchemeOfCredentials, "type").Failure is { } misfit)
                {
                    faults.AddRange(misfit.Fields);
                    continue;
                }

                yield return (connection, new ReadCredential
                {
                    Use = use.Use, Position = use.Position, Config = config, Name = request.Name, Kind = kind, Parts = parts,
                    ExpiresAt = request.ExpiresAt, Path = "data", ConfigPath = "data",
                });
            }
        }
    }

    /// <summary>What the connection shows to a token endpoint that asks for a certificate, where it is another credential of its own.</summary>
    private async Task<ClientCertificate?> CertificateOfAsync(Connection connection, Ulid changed, CancellationToken cancellationToken)
    {
        var use = connection.Credentials.FirstOrDefault(c => c.Use == CredentialUse.Action && c.CredentialId != changed && c.Credential!.Type == "certificate");
        return use is not null && (await certificates.OpenAsync(use.Credential!, "data", cancellationToken)).Succeeded(out var certificate, out _) ? certificate : null;
    }

    private static Dictionary<string, string> VariablesOf(Connection connection) =>
        connection.Variables.ToDictionary(v => v.Name, v => v.Value, StringComparer.Ordinal);

    private static bool IsOther(CredentialParts stored, CredentialParts sent) =>
        !JsonNode.DeepEquals(JsonNode.Parse(stored.PublicData), JsonNode.Parse(sent.PublicData))
        || stored.Secret is null != sent.Secret is null || !CryptographicOperations.FixedTimeEquals(stored.Secret, sent.Secret);
}
