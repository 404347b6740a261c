using Patchbay.Platform.Audit;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Data;

/// <summary>
/// Whose data the current unit of work may see. Until the authorizer has set it, the tenant filter hides every row.
/// </summary>
/// <param name="chains">Where its changes are written down; null where it makes none.</param>
internal sealed class RequestScope(AuditChains? chains = null)
{
    public AuditChains? Chains { get; } = chains;

    /// <summary>What it is doing.</summary>
    public AuditTrail Trail { get; } = new();

    /// <summary>The organisation whose rows are visible, or null for none.</summary>
    public Ulid? OrganisationId { get; private set; }

    /// <summary>Whether only what that organisation has published in the library is visible, because the caller is a stranger to it.</summary>
    public bool LibraryOnly { get; private set; }

    public Caller? Caller { get; private set; }

    /// <summary>The external id of the end user who calls; null for everybody else.</summary>
    public string? EndUser => (Caller as Caller.EndUser)?.ExternalId;

    public void Enter(Caller caller, Ulid? organisationId, bool libraryOnly = false) =>
        (Caller, OrganisationId, LibraryOnly) = (caller, organisationId, libraryOnly);
}
