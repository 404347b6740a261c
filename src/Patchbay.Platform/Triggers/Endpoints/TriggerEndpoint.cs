namespace Patchbay.Platform.Triggers.Endpoints;

/// <summary>
/// The public URL of a trigger of a connection. Its token is found by a hash, like an API key, and kept sealed beside it, since the owner reads
/// the URL again.
/// </summary>
internal sealed class TriggerEndpoint : IOwned
{
    public required Ulid Id { get; init; }
    public required Ulid OrganisationId { get; init; }
    public required Ulid ConnectorId { get; init; }
    public required Ulid ConnectionId { get; init; }
    public required string TriggerName { get; init; }

    /// <summary>The name of a version, <c>latest</c> or <c>default</c>.</summary>
    public required string VersionSelector { get; set; }

    /// <summary>Whether it was made for activations, and goes with the last that needs it.</summary>
    public bool IsOfActivations { get; init; }

    public required byte[] TokenHash { get; set; }

    /// <summary>The token before the last rotation, while it still serves.</summary>
    public byte[]? PreviousTokenHash { get; set; }

    /// <summary>When the token before the last rotation stops to serve.</summary>
    public DateTimeOffset? PreviousUntil { get; set; }

    /// <summary>The token, and the key of the hashes by which duplicates are known, sealed by the vault.</summary>
    public byte[]? Secret { get; set; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt
    {
        get;
        set
        {
            field = value;
            Revision++;
        }
    }

    /// <summary>Rises with every change, whatever the clock says.</summary>
    public long Revision { get; private set; }
}
