namespace Patchbay.Platform.Http;

/// <summary>What a caller may do. Each operation names what it needs; roles bind permissions to callers.</summary>
internal enum Permission
{
    OrganisationRead,
    OrganisationEdit,
    OrganisationDelete,
    MembersRead,
    MembersInvite,
    MembersEdit,
    MembersDelete,
    ManageBilling,
    ManageSubscription,
    SwitchboardCreate,
    SwitchboardRead,
    SwitchboardEdit,
    SwitchboardPublish,
    SwitchboardDelete,
    ConnectionCreate,
    ConnectionRead,
    ConnectionEdit,
    ConnectionDelete,
    HubCreate,
    HubRead,
    HubEdit,
    HubDelete,
    IntegrationCreate,
    IntegrationRead,
    IntegrationEdit,
    IntegrationPublish,
    IntegrationDelete,
    HubUserCreate,
    HubUserRead,
    HubUserEdit,
    HubUserDelete,
    ConnectorCreate,
    ConnectorRead,
    ConnectorEdit,
    ConnectorPublish,
    ConnectorDelete,
    ActionExecute,
    ProxyUse,
    CredentialRead,
    CredentialEdit,
    KeyCreate,
    KeyRead,
    KeyDelete,
    EventRead,
    EventEdit,
    AuditRead,
    RoleRead,
    RoleEdit,
}

/// <summary>The names of permissions, and what they are for.</summary>
internal static class Permissions
{
    private static readonly (Permission Permission, string Id, string Description)[] Table =
    [
        (Permission.OrganisationRead, "organisation.read", "See the organisation and its settings."),
        (Permission.OrganisationEdit, "organisation.edit", "Change the organisation's settings."),
        (Permission.OrganisationDelete, "organisation.delete", "Delete the organisation; the operator has to confirm it."),
        (Permission.MembersRead, "organisation.members.read", "See members, groups and service accounts."),
        (Permission.MembersInvite, "organisation.members.invite", "Invite people, and make service accounts and groups."),
        (Permission.MembersEdit, "organisation.members.edit", "Change what members, groups and service accounts may do."),
        (Permission.MembersDelete, "organisation.members.delete", "Remove members, groups and service accounts."),
        (Permission.ManageBilling, "organisation.manage_billing", "Nothing: a self-hosted server bills nobody."),
        (Permission.ManageSubscription, "organisation.manage_subscription", "Nothing: a self-hosted server has no plans."),
        (Permission.SwitchboardCreate, "switchboard.create", "Nothing: there are no switchboards here."),
        (Permission.SwitchboardRead, "switchboard.read", "Nothing: there are no switchboards here."),
        (Permission.SwitchboardEdit, "switchboard.edit", "Nothing: there are no switchboards here."),
        (Permission.SwitchboardPublish, "switchboard.publish", "Nothing: there are no switchboards here."),
        (Permission.SwitchboardDelete, "switchboard.delete", "Nothing: there are no switchboards here."),
        (Permission.ConnectionCreate, "connection.create", "Make connections, with the credentials in them."),
        (Permission.ConnectionRead, "connection.read", "See connections and the URLs of their triggers."),
        (Permission.ConnectionEdit, "connection.edit", "Change and test connections, and give their triggers URLs."),
        (Permission.ConnectionDelete, "connection.delete", "Delete connections."),
        (Permission.HubCreate, "hub.create", "Make hubs."),
        (Permission.HubRead, "hub.read", "See hubs."),
        (Permission.HubEdit, "hub.edit", "Change hubs."),
        (Permission.HubDelete, "hub.delete", "Delete hubs."),
        (Permission.IntegrationCreate, "hub.integration.create", "Make integrations."),
        (Permission.IntegrationRead, "hub.integration.read", "See integrations."),
        (Permission.IntegrationEdit, "hub.integration.edit", "Change integrations and their connection templates."),
        (Permission.IntegrationPublish, "hub.integration.publish", "Deploy integrations and take them back."),
        (Permission.IntegrationDelete, "hub.integration.delete", "Delete integrations."),
        (Permission.HubUserCreate, "hub.user.create", "Make end users."),
        (Permission.HubUserRead, "hub.user.read", "See end users, their connections and activations."),
        (Permission.HubUserEdit, "hub.user.edit", "Connect and activate for end users, and open pages for them."),
        (Permission.HubUserDelete, "hub.user.delete", "Delete end users and their activations."),
        (Permission.ConnectorCreate, "connector.create", "Make and import connectors."),
        (Permission.ConnectorRead, "connector.read", "See connectors and all that is in their versions."),
        (Permission.ConnectorEdit, "connector.edit", "Change connectors and drafts."),
        (Permission.ConnectorPublish, "connector.publish", "Publish versions and take them back."),
        (Permission.ConnectorDelete, "connector.delete", "Delete connectors and versions."),
        (Permission.ActionExecute, "action.execute", "Run actions, also as tools of an agent."),
        (Permission.ProxyUse, "proxy.use", "Send requests through the proxy."),
        (Permission.CredentialRead, "credential.read", "See which credentials there are; never the secrets in them."),
        (Permission.CredentialEdit, "credential.edit", "Replace the secrets of credentials."),
        (Permission.KeyCreate, "key.create", "Make API keys and signing keys."),
        (Permission.KeyRead, "key.read", "See which API keys and signing keys there are."),
        (Permission.KeyDelete, "key.delete", "Delete API keys and signing keys."),
        (Permission.EventRead, "event.read", "See events, subscriptions and polls."),
        (Permission.EventEdit, "event.edit", "Make and change subscriptions and polls, and replay events."),
        (Permission.AuditRead, "audit.read", "Read and export the audit."),
        (Permission.RoleRead, "role.read", "See roles."),
        (Permission.RoleEdit, "role.edit", "Make, change and delete roles."),
    ];

    private static readonly Dictionary<string, Permission> ById = Table.ToDictionary(r => r.Id, r => r.Permission, StringComparer.Ordinal);

    /// <summary>All of them, in the order of the table.</summary>
    public static IReadOnlyList<Permission> All { get; } = [.. Table.Select(r => r.Permission)];

    /// <summary>The name, such as <c>connector.read</c>.</summary>
    public static string IdOf(Permission permission) => Table[(int)permission].Id;

    /// <summary>What it is for.</summary>
    public static string DescriptionOf(Permission permission) => Table[(int)permission].Description;

    /// <summary>Those that the published API knows; the others are ours.</summary>
    public static PermissionSet Published { get; } = PermissionSet.Of([.. Table.Select(r => r.Permission).Where(p => p <= Permission.HubUserDelete)]);

    /// <summary>The permission of a name; null where there is none.</summary>
    public static Permission? Find(string id) => ById.TryGetValue(id, out var permission) ? permission : null;
}

/// <summary>Some permissions.</summary>
/// <param name="Bits">A bit for each.</param>
internal readonly record struct PermissionSet(ulong Bits)
{
    public static readonly PermissionSet Whole = Of([.. Permissions.All]);

    public static PermissionSet Of(params IReadOnlyCollection<Permission> permissions) => new(permissions.Aggregate(0UL, (bits, p) => bits | (1UL << (int)p)));

    /// <summary>Its permissions, in order.</summary>
    public IEnumerable<Permission> Listed
    {
        get
        {
            var bits = Bits;
            return Permissions.All.Where(p => (bits & (1UL << (int)p)) != 0);
        }
    }

    public static PermissionSet operator |(PermissionSet a, PermissionSet b) => new(a.Bits | b.Bits);

    /// <summary>What of another set it lacks.</summary>
    public PermissionSet Lacks(PermissionSet other) => new(other.Bits & ~Bits);

    /// <summary>Whether all of another set is in it.</summary>
    public bool Covers(PermissionSet other) => (other.Bits & ~Bits) == 0;
}
