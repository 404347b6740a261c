using Xunit;

namespace Patchbay.BrowserTests;

public sealed class EndUserThemeTests
{
    private static readonly string Theme = Path.Combine(Browser.Folder, "..", "..", "src", "Patchbay.Platform", "EndUserPages", "Site", "theme.js");

    [Fact]
    public async Task Whatever_colours_a_theme_chooses_everything_can_be_read()
    {
        var met = await Browser.RunAsync("theme-contrast.mjs", Theme);

        Assert.Empty(met["faults"]!.AsArray().Select(f => (string)f!));
        Assert.True((int)met["looked"]! > 10_000);
    }
}
