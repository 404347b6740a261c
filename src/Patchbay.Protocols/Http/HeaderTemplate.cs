namespace Patchbay.Protocols.Http;

/// <summary>A header's value with placeholders.</summary>
public sealed class HeaderTemplate
{
    private readonly TemplatePart _value;

    private HeaderTemplate(TemplatePart value) => _value = value;

    /// <summary>The placeholders in the order in which they stand.</summary>
    public IReadOnlyList<TemplateReference> References => _value.References;

    /// <summary>Parses a header's value.</summary>
    /// <param name="text">One line.</param>
    /// <returns>The template, or what is wrong with it.</returns>
    public static Outcome<HeaderTemplate> Parse(string text)
    {
        if (!HeaderText.IsOneLine(text)) return Outcome.Of<HeaderTemplate>(FaultKind.Malformed, "header", "The header has a line break or another control character in it.");
        if (TemplateText.Parse(text, "header", out var template) is { } fault) return Outcome.Of<HeaderTemplate>(fault);
        using var names = template.Names.GetEnumerator();
        return Outcome.Of(new HeaderTemplate(new TemplatePart(template.Marked, names, TemplatePlace.Header)));
    }

    /// <summary>Puts values in.</summary>
    /// <param name="values">What the placeholders stand for.</param>
    /// <returns>One line, with UTF-8 bytes beyond ASCII given one to a character, or every value that is missing or has a control character in it.</returns>
    public Outcome<string> Expand(TemplateValues values)
    {
        var faults = new List<Fault>();
        var value = _value.Expand(values, faults);
        return faults.Count == 0 ? Outcome.Of(HeaderText.ToWire(value)) : Outcome.Of<string>(faults);
    }
}
