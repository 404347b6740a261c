using Patchbay.Importing.Tree;

namespace Patchbay.Importing.Postman;

/// <summary>A header of a request or of an example response.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
/// <param name="IsDisabled">Whether it is switched off.</param>
/// <param name="At">Where it stands.</param>
/// <param name="Holder">The object that describes it; null where it stands in a text.</param>
internal sealed record HeaderLine(string Name, string Value, bool IsDisabled, SourceNode At, SourceObject? Holder)
{
    /// <summary>Reads headers: a list of objects, or all of them as one text; as a text, each too, in old collections.</summary>
    public static List<HeaderLine> Read(ImportContext context, SourceNode? headers) => headers switch
    {
        SourceScalar { Kind: SourceKind.String } text => FromText(text),
        SourceArray list => [.. list.Items.SelectMany(item => item is SourceObject holder ? [FromObject(context, holder)] : item is SourceScalar { Kind: SourceKind.String } line ? FromText(line) : [])],
        _ => [],
    };

    private static HeaderLine FromObject(ImportContext context, SourceObject holder) => new(
        (context.Fields.Text(holder, "key") ?? "").Trim(), context.Fields.Text(holder, "value") ?? "",
        holder.Find("disabled") is SourceScalar { IsTrue: true }, holder, holder);

    private static List<HeaderLine> FromText(SourceScalar text) =>
    [
        .. text.Text.Split('\n')
            .Where(line => line.IndexOf(':', StringComparison.Ordinal) > 0)
            .Select(line => line.Split(':', 2))
            .Select(parts => new HeaderLine(parts[0].Trim(), parts[1].Trim(), parts[0].StartsWith("//", StringComparison.Ordinal), text, null)),
    ];
}
