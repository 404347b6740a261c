namespace Patchbay.Importing.Schemas;

/// <summary>What is wrong with a schema that somebody wrote, and where.</summary>
/// <param name="Pointer">JSON pointer to the place; empty for the whole, and in XML.</param>
/// <param name="Message">What is wrong, and what would be right.</param>
/// <param name="Line">From 1; 0 where there is no line.</param>
/// <param name="Column">From 1.</param>
public sealed record SchemaFault(string Pointer, string Message, int Line, int Column)
{
    /// <summary>Place and message in one line.</summary>
    public override string ToString()
    {
        var where = Line > 0 ? FormattableString.Invariant($" (line {Line}, column {Column})") : "";
        return Pointer.Length == 0 ? Message + where : $"{Pointer} {Message}{where}";
    }
}
