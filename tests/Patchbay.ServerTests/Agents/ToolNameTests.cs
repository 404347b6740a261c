using System.Text.RegularExpressions;
using CsCheck;
using Patchbay.Platform.Agents;
using Xunit;

namespace Patchbay.ServerTests.Agents;

public sealed partial class ToolNameTests
{
    [Theory]
    [InlineData("Bookshelf", "bookshelf")]
    [InlineData("  Acme -- Parcels (v2) ", "acme_parcels_v2")]
    [InlineData("A very long name of a connector", "a_very_long_name_of")]
    [InlineData("äöü 漢字", "connector")]
    [InlineData("__x__", "x")]
    public void A_connector_is_called_by_its_name(string name, string slug) => Assert.Equal(slug, ToolNames.Slug(name));

    [Fact]
    public void Every_name_is_short_plain_and_nobody_elses() =>
        Gen.Select(Gen.String[Gen.Char["abAB09_ -é"], 0, 30], Gen.String[Gen.Char["abAB09_-$"], 1, 120], Gen.String[Gen.Char["abAB09_ -é"], 0, 30], Gen.String[Gen.Char["abAB09_-$"], 1, 120])
            .Sample((connector, action, otherConnector, otherAction) =>
            {
                var (slug, otherSlug) = (ToolNames.Slug(connector), ToolNames.Slug(otherConnector));
                var (name, other) = (ToolNames.Of(slug, action), ToolNames.Of(otherSlug, otherAction));
                Assert.Matches(ToolName(), name);
                Assert.Matches(ToolName(), ToolNames.Of(ToolNames.SlugBehind(slug, new Ulid()), action));
                Assert.Equal(slug == otherSlug && action == otherAction, name == other);
            });

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}$", RegexOptions.None, 1000)]
    private static partial Regex ToolName();
}
