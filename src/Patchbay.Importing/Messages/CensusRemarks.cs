namespace Patchbay.Importing.Messages;

/// <summary>What is said of parts that nothing else was said of, and that are not in the connector.</summary>
internal static class CensusRemarks
{
    private static readonly Dictionary<DescriptionPart, string> Names = new()
    {
        [DescriptionPart.Document] = "A document",
        [DescriptionPart.Server] = "A server",
        [DescriptionPart.ServerVariable] = "A server variable",
        [DescriptionPart.SecurityScheme] = "A security scheme",
        [DescriptionPart.Operation] = "An operation",
        [DescriptionPart.Callback] = "A webhook or callback",
        [DescriptionPart.Parameter] = "A parameter",
        [DescriptionPart.RequestBody] = "A request body",
        [DescriptionPart.Response] = "A response",
        [DescriptionPart.ResponseHeader] = "A header",
        [DescriptionPart.MediaType] = "A media type",
        [DescriptionPart.Link] = "A link",
        [DescriptionPart.Example] = "An example",
        [DescriptionPart.Schema] = "A schema",
        [DescriptionPart.Reference] = "A reference",
        [DescriptionPart.Extension] = "An extension",
    };

    private static readonly Dictionary<DescriptionPart, Remark> UnusedOnes = Make(name => $"{name} is used by nothing; it was left out", isSilent: true);
    private static readonly Dictionary<DescriptionPart, Remark> LostOnes = Make(name => $"{name} stands in a part that was left out", isSilent: true);
    private static readonly Dictionary<DescriptionPart, Remark> OddOnes = Make(name => $"{name} has no place in a connector; it was left out", isSilent: false);

    /// <summary>Nothing refers to it. The report says so; a message would say what does not matter.</summary>
    public static Remark Unused(DescriptionPart part) => UnusedOnes[part];

    /// <summary>It went with what holds it, of which something was said.</summary>
    public static Remark WithItsHolder(DescriptionPart part) => LostOnes[part];

    /// <summary>It stands where the importer has no use for it.</summary>
    public static Remark NoPlace(DescriptionPart part) => OddOnes[part];

    private static Dictionary<DescriptionPart, Remark> Make(Func<string, string> text, bool isSilent) => Names.ToDictionary(
        pair => pair.Key,
        pair => isSilent
            ? Remark.LeftOutByRule(pair.Key, text(pair.Value)) with { IsInReportOnly = true }
            : Remark.LeftOut(pair.Key, text(pair.Value)));
}
