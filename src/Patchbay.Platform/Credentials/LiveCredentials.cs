using Patchbay.Platform.Grants;
using Patchbay.Protocols.Http;
using Patchbay.Protocols.Outbound;

namespace Patchbay.Platform.Credentials;

/// <summary>The credentials of one request, with the tokens in them.</summary>
internal sealed class PreparedCredentials
{
    /// <summary>All of them, in the order of the connection, those that sign last.</summary>
    public required IReadOnlyList<IRequestCredential> Applied { get; init; }

    /// <summary>The grants that are in them, and whose they are.</summary>
    public required IReadOnlyList<(PlannedCredential.Live Credential, HeldGrant Grant)> Grants { get; init; }

    /// <summary>Variables out of the token answers.</summary>
    public required IReadOnlyDictionary<string, string> Captured { get; init; }

    public required IReadOnlyList<PlannedCredential> Planned { get; init; }

    /// <summary>What the connection is made with; null for no client certificate.</summary>
    public ClientCertificate? Certificate => Planned.OfType<PlannedCredential.Certificate>().FirstOrDefault()?.Value;
}

/// <summary>Gets the tokens that a request needs.</summary>
internal sealed class LiveCredentials(GrantCustody custody)
{
    /// <summary>Prepares credentials, asking for tokens where none is held.</summary>
    /// <param name="planned">The credentials of the connection, in their order.</param>
    /// <param name="forceRefresh">Whether tokens that still seem good are renewed first.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<Outcome<PreparedCredentials>> PrepareAsync(
        IReadOnlyList<PlannedCredential> planned, bool forceRefresh, CancellationToken cancellationToken)
    {
        var grants = new List<(PlannedCredential.Live, HeldGrant)>();
        foreach (var live in planned.OfType<PlannedCredential.Live>())
        {
            var current = await custody.CurrentAsync(live.Key, live.Source, cancellationToken);
            if (current.Succeeded(out var held, out var failure) && forceRefresh)
                current = await custody.CurrentAsync(live.Key, live.Source, cancellationToken, held.Version);
            if (!current.Succeeded(out held, out failure))
                return failure;
            grants.Add((live, held));
        }

        return Apply(planned, grants);
    }

    /// <summary>Prepares credentials once more, after the API called a token of theirs expired.</summary>
    /// <returns>Null where no newer token is to be had, so that the API's answer stands.</returns>
    public async ValueTask<PreparedCredentials?> RenewAsync(
        PreparedCredentials used, Predicate<TokenUse> isExpired, CancellationToken cancellationToken)
    {
        var grants = new List<(PlannedCredential.Live, HeldGrant)>();
        foreach (var (credential, grant) in used.Grants)
        {
            if (!isExpired(credential.Source.Use))
                grants.Add((credential, grant));
            else if (await custody.AfterExpiryAsync(grant, credential.Source, cancellationToken) is { } renewed)
                grants.Add((credential, renewed));
            else
                return null;
        }

        return Apply(used.Planned, grants).Succeeded(out var prepared, out _) ? prepared : null;
    }

    private static Outcome<PreparedCredentials> Apply(
        IReadOnlyList<PlannedCredential> planned, List<(PlannedCredential.Live Credential, HeldGrant Grant)> grants)
    {
        var applied = new List<IRequestCredential>(planned.Count);
        var captured = new Dictionary<string, string>(StringComparer.Ordinal);
        using var next = ((IEnumerable<(PlannedCredential.Live Credential, HeldGrant Grant)>)grants).GetEnumerator();
        foreach (var credential in planned)
        {
            if (credential is PlannedCredential.Ready ready)
            {
                applied.Add(ready.Credential);
                continue;
            }

            if (credential is PlannedCredential.Certificate)
                continue;
            next.MoveNext();
            if (!next.Current.Credential.Apply(next.Current.Grant).Succeeded(out var made, out var failure))
                return failure;
            applied.Add(made);
            foreach (var (name, value) in next.Current.Grant.Tokens.Captured)
                captured[name] = value;
        }

        return new PreparedCredentials { Applied = RequestCredentialOrder.SigningLast(applied), Grants = grants, Captured = captured, Planned = planned };
    }
}
