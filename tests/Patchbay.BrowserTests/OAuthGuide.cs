using System.Text.RegularExpressions;
using Xunit;

namespace Patchbay.BrowserTests;

/// <summary>The scripts that <c>docs/oauth.md</c> shows to people: what they are told to use is what is tested.</summary>
internal static partial class OAuthGuide
{
    /// <summary>The script with a function.</summary>
    /// <param name="function">The function's name.</param>
    public static string Script(string function) => Assert.Single(
        Scripts().Matches(File.ReadAllText(Path.Combine(Browser.Folder, "..", "..", "docs", "oauth.md"))).Select(m => m.Groups["script"].Value),
        script => script.Contains($"function {function}(", StringComparison.Ordinal));

    [GeneratedRegex("^```js\n(?<script>.*?)^```$", RegexOptions.Singleline | RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Scripts();
}
