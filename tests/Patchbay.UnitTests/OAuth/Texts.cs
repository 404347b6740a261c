namespace Patchbay.UnitTests.OAuth;

internal static class Texts
{
    public static Dictionary<string, string> Of(params (string Name, string Value)[] pairs) =>
        pairs.ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.Ordinal);
}
