using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Patchbay.Platform.EndUserPages;

/// <summary>Ours: how the pages for end users of a hub look, and where they may be embedded.</summary>
internal sealed record HubPagesJson
{
    /// <summary>Origins of the product's pages that may show them in a frame, each as browsers spell it, such as https://app.example.com.</summary>
    [MaxLength(100)]
    public required IReadOnlyList<string> AllowedOrigins { get; init; }

    /// <summary>The look; left out, the server's own.</summary>
    public PageThemeJson? Theme { get; init; }
}

/// <summary>Ours: the look of pages for end users. Colours that could not be read are moved until they can.</summary>
internal sealed record PageThemeJson
{
    /// <summary>The product's name, in the head of the pages.</summary>
    [MinLength(1), MaxLength(100)]
    public string? Name { get; init; }

    /// <summary>A picture in place of the name, over http or https.</summary>
    [MaxLength(2000)]
    public string? LogoUrl { get; init; }

    /// <summary>The picture on dark ground; left out, the same.</summary>
    [MaxLength(2000)]
    public string? LogoDarkUrl { get; init; }

    /// <summary>How corners are drawn; left out, slightly rounded.</summary>
    public PageCorners? Corners { get; init; }

    /// <summary>Colours on light ground.</summary>
    public PageColoursJson? Light { get; init; }

    /// <summary>Colours on dark ground.</summary>
    public PageColoursJson? Dark { get; init; }
}

/// <summary>Ours: how corners are drawn.</summary>
internal enum PageCorners
{
    [JsonStringEnumMemberName("square")]
    Square = 0,

    [JsonStringEnumMemberName("round")]
    Round = 1,
}

/// <summary>Ours: colours of pages for end users, each as #rrggbb. The others are derived from them.</summary>
internal sealed record PageColoursJson
{
    private const string Colour = "^#[0-9A-Fa-f]{6}$";
    private const string Fault = "must be a colour such as #3b4fd8";

    /// <summary>Of buttons and links.</summary>
    [RegularExpression(Colour, ErrorMessage = Fault)]
    public string? Accent { get; init; }

    /// <summary>Behind everything.</summary>
    [RegularExpression(Colour, ErrorMessage = Fault)]
    public string? Background { get; init; }

    /// <summary>Of cards and fields.</summary>
    [RegularExpression(Colour, ErrorMessage = Fault)]
    public string? Surface { get; init; }

    /// <summary>Of text.</summary>
    [RegularExpression(Colour, ErrorMessage = Fault)]
    public string? Text { get; init; }
}
