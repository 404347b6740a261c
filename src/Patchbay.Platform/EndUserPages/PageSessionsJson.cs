using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Patchbay.Platform.EndUserPages;

/// <summary>Ours: a language of the pages.</summary>
internal enum PageLanguage
{
    [JsonStringEnumMemberName("en")]
    English,

    [JsonStringEnumMemberName("de")]
    German,

    [JsonStringEnumMemberName("fr")]
    French,

    [JsonStringEnumMemberName("es")]
    Spanish,

    [JsonStringEnumMemberName("ja")]
    Japanese,
}

/// <summary>Ours: the ground of the pages.</summary>
internal enum PageMode
{
    /// <summary>What the user's system says.</summary>
    [JsonStringEnumMemberName("auto")]
    Auto,

    [JsonStringEnumMemberName("light")]
    Light,

    [JsonStringEnumMemberName("dark")]
    Dark,
}

/// <summary>Ours: a new session of an end user on the pages of a hub.</summary>
internal sealed record EndUserSessionCreateJson
{
    /// <summary>The one integration to show; left out, the list of all.</summary>
    public Ulid? IntegrationId { get; init; }

    /// <summary>The language; left out, the browser's, and English where there is none.</summary>
    public PageLanguage? Language { get; init; }

    /// <summary>Light or dark; left out, as the user's system has it.</summary>
    public PageMode? Mode { get; init; }

    /// <summary>Where the way back leads when the page has a window to itself; at an origin that is allowed for the hub or the organisation.</summary>
    [MaxLength(2000)]
    public string? ReturnUrl { get; init; }

    /// <summary>How long the session is good for, in seconds; an hour unless given.</summary>
    [Range(60, 86_400)]
    public int? LifetimeSeconds { get; init; }
}

/// <summary>Ours: a session of an end user on the pages of a hub.</summary>
internal sealed record EndUserSessionJson
{
    public required Ulid Id { get; init; }

    /// <summary>The page, to link to, open or put into a frame. It has a code in it that serves once, within five minutes.</summary>
    public required string Url { get; init; }

    /// <summary>When the session is over.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>The code out of a page's address.</summary>
internal sealed record PageCodeJson
{
    [MaxLength(200)]
    public required string Code { get; init; }
}

/// <summary>What a page gets for its code.</summary>
internal sealed record OpenedSessionJson
{
    /// <summary>Acts as the end user in the hub.</summary>
    public required string Token { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
    public required Ulid HubId { get; init; }
    public required string UserId { get; init; }
    public Ulid? IntegrationId { get; init; }
    public string? Language { get; init; }
    public string? Mode { get; init; }
    public string? ReturnUrl { get; init; }
    public required PageThemeJson Theme { get; init; }

    /// <summary>Whom the page may speak to.</summary>
    public required IReadOnlyList<string> Origins { get; init; }
}
