using System.ComponentModel.DataAnnotations;

namespace Patchbay.Platform.Authorizations.Landing;

/// <summary>The state that a provider sent a user back with.</summary>
internal sealed record LandingStateJson
{
    [MaxLength(200)]
    public required string State { get; init; }
}

/// <summary>Whom the page may answer.</summary>
internal sealed record LandingOriginsJson
{
    /// <summary>Origins as browsers spell them; none for a state that is not known.</summary>
    public required IReadOnlyList<string> Origins { get; init; }
}
