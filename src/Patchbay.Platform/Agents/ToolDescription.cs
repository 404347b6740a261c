namespace Patchbay.Platform.Agents;

/// <summary>What a tool is, for a model: which API, what it does there, and what it asks of the reader.</summary>
internal static class ToolDescription
{
    private const int Longest = 1_000;

    public static string Of(DescribedTool described)
    {
        var (found, content) = (described.Found, described.Content);
        var what = string.Join(". ", ((string?[])[content.Summary?.TrimEnd('.'), content.Description]).Where(t => !string.IsNullOrWhiteSpace(t)).Distinct(StringComparer.Ordinal));
        var deprecated = content.Deprecated ? "Deprecated. " : "";
        return ActionLists.Cut($"{found.Connector.Name}: {deprecated}{(what.Length == 0 ? found.Tool.Action.Name : what)}", Longest);
    }
}
