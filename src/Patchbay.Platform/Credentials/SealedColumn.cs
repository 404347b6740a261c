using Patchbay.Vault;

namespace Patchbay.Platform.Credentials;

/// <summary>
/// A column of the store that holds sealed values. What is not in <see cref="All"/> is not sealed anew when keys change, and would be lost
/// with the old ones.
/// </summary>
/// <param name="Kind">What the values belong to; part of what each is bound to, so it never changes.</param>
/// <param name="Table">The table. It has the columns <c>id</c> and <c>organisation_id</c>.</param>
/// <param name="Name">The column; part of what each value is bound to. Null where the row has no secret.</param>
internal sealed record SealedColumn(string Kind, string Table, string Name)
{
    /// <summary>The secret parts of credentials.</summary>
    public static readonly SealedColumn CredentialSecret = new("credential", "credentials", "secret");

    /// <summary>The tokens of grants.</summary>
    public static readonly SealedColumn GrantTokens = new("grant", "grants", "secret");

    /// <summary>What is kept until a user comes back from a provider.</summary>
    public static readonly SealedColumn PendingAuthorizationSecret = new("pending-authorization", "pending_authorizations", "secret");

    /// <summary>Every one that there is.</summary>
    public static readonly IReadOnlyList<SealedColumn> All = [CredentialSecret, GrantTokens, PendingAuthorizationSecret];

    /// <summary>The one place in which a value of a row opens.</summary>
    public SecretContext ContextOf(Ulid organisationId, Ulid rowId) => SecretContext.Of(Kind, organisationId.ToString(), rowId.ToString(), Name);

    /// <summary>Table and column, for people.</summary>
    public override string ToString() => $"{Table}.{Name}";
}

/// <summary>A sealed value and the row that it stands in.</summary>
/// <param name="RowId">The row.</param>
/// <param name="Value">The value.</param>
internal sealed record SealedValue(Ulid RowId, byte[] Value);

/// <summary>How a sealed value changes.</summary>
/// <param name="RowId">The row.</param>
/// <param name="Before">What stands there; anything else is left alone.</param>
/// <param name="After">What shall stand there.</param>
internal sealed record ResealedValue(Ulid RowId, byte[] Before, byte[] After);

/// <summary>How many sealed values of an organisation have the same beginning, which says what key they are sealed with.</summary>
/// <param name="OrganisationId">The organisation.</param>
/// <param name="Header">The first <see cref="DataKey.HeaderLength"/> bytes.</param>
/// <param name="Count">How many.</param>
internal sealed record SealedCount(Ulid OrganisationId, byte[] Header, long Count)
{
    /// <summary>The key version that they are sealed with, or null where they are damaged.</summary>
    public int? KeyVersion => DataKey.NumberOf(Header);
}
