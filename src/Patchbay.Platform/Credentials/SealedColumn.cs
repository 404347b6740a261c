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

    /// <summary>The tokens of the public URLs of triggers.</summary>
    public static readonly SealedColumn TriggerEndpointSecret = new("trigger-endpoint", "trigger_endpoints", "secret");

    /// <summary>What came with events.</summary>
    public static readonly SealedColumn EventContent = new("event", "events", "content");

    /// <summary>The keys that subscriptions sign with.</summary>
    public static readonly SealedColumn SubscriptionSecret = new("subscription", "subscriptions", "secret");

    /// <summary>What receivers answered where they did not accept a delivery.</summary>
    public static readonly SealedColumn AttemptExcerpt = new("delivery-attempt", "delivery_attempts", "excerpt");

    /// <summary>How far polls have come.</summary>
    public static readonly SealedColumn PollSecret = new("poll", "polls", "secret");

    /// <summary>What came of calls that were named by a key.</summary>
    public static readonly SealedColumn IdempotentOutcome = new("idempotent-outcome", "idempotent_outcomes", "outcome") { BatchSize = 8 };

    /// <summary>Every one that there is.</summary>
    public static readonly IReadOnlyList<SealedColumn> All =
    [
        CredentialSecret, GrantTokens, PendingAuthorizationSecret, TriggerEndpointSecret, EventContent,
        SubscriptionSecret, AttemptExcerpt, PollSecret, IdempotentOutcome,
    ];

    /// <summary>How many values are sealed anew at a time when keys change: few, where they are large.</summary>
    public int BatchSize { get; init; } = 200;

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
