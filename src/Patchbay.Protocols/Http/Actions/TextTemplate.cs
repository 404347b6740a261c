namespace Patchbay.Protocols.Http.Actions;

/// <summary>A text with placeholders that stands nowhere in a request by itself, such as the default of a parameter.</summary>
public sealed class TextTemplate
{
    private readonly TemplatePart _text;

    private TextTemplate(TemplatePart text) => _text = text;

    /// <summary>Parses a text.</summary>
    /// <param name="text">The text.</param>
    /// <returns>The template, or what is wrong with it.</returns>
    public static Outcome<TextTemplate> Parse(string text)
    {
        if (TemplateText.Parse(text, "text", out var template) is { } fault) return Outcome.Of<TextTemplate>(fault);
        using var names = template.Names.GetEnumerator();
        return Outcome.Of(new TextTemplate(new TemplatePart(template.Marked, names, TemplatePlace.Text)));
    }

    /// <summary>Puts values in.</summary>
    /// <param name="values">What the placeholders stand for.</param>
    /// <returns>The text, or every value that is missing.</returns>
    public Outcome<string> Expand(TemplateValues values)
    {
        var faults = new List<Fault>();
        var text = _text.Expand(values, faults);
        return faults.Count == 0 ? Outcome.Of(text) : Outcome.Of<string>(faults);
    }
}
