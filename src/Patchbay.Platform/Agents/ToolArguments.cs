namespace Patchbay.Platform.Agents;

/// <summary>What the arguments of a tool are called.</summary>
internal static class ToolArguments
{
    public const string Connection = "connection";
    public const string Parameters = "parameters";
    public const string Body = "body";
    public const string ContentType = "contentType";
}
