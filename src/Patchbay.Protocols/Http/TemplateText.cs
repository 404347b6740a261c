using System.Text;

namespace Patchbay.Protocols.Http;

/// <summary>
/// A template's text with each placeholder replaced by one <see cref="Mark"/>, in order, so that it can be taken apart like any other text
/// and no delimiter in a name is mistaken for one of the URL.
/// </summary>
internal sealed record TemplateText(string Marked, IReadOnlyList<TemplateName> Names)
{
    /// <summary>A code point that is no character and that no text can hold.</summary>
    public const char Mark = '\uffff';

    /// <summary>In characters.</summary>
    public const int MaxLength = 16 * 1024;

    public static Fault? Parse(string text, string subject, out TemplateText template)
    {
        var names = new List<TemplateName>();
        var marked = new StringBuilder();
        template = new TemplateText(string.Empty, names);
        if (text.Length > MaxLength) return new Fault(FaultKind.TooLong, subject, $"The template is longer than {MaxLength} characters.");
        if (text.Contains(Mark, StringComparison.Ordinal)) return new Fault(FaultKind.Malformed, subject, "The template holds the code point U+FFFF.");

        for (var start = 0; ;)
        {
            var open = text.IndexOf("{{", start, StringComparison.Ordinal);
            if (open < 0)
            {
                template = new TemplateText(marked.Append(text, start, text.Length - start).ToString(), names);
                return null;
            }

            var close = text.IndexOf('}', open);
            if (close < 0 || close + 1 == text.Length || text[close + 1] != '}')
            {
                return new Fault(FaultKind.Malformed, subject, $"The placeholder at character {open + 1} does not end with }}}}.");
            }

            if (TemplateName.Parse(text[(open + 2)..close].Trim()) is not { } name)
            {
                return new Fault(FaultKind.Malformed, subject, $"The placeholder at character {open + 1} has no name.");
            }

            names.Add(name);
            marked.Append(text, start, open - start).Append(Mark);
            start = close + 2;
        }
    }
}

/// <summary>What stands between the braces of a placeholder.</summary>
internal sealed record TemplateName(TemplateScope Scope, string Name)
{
    public static TemplateName? Parse(string text)
    {
        var (scope, name) = text switch
        {
            _ when text.StartsWith("conn.", StringComparison.Ordinal) => (TemplateScope.Connection, text["conn.".Length..]),
            _ when text.StartsWith(".conn.", StringComparison.Ordinal) => (TemplateScope.Connection, text[".conn.".Length..]),
            _ when text.StartsWith("param.", StringComparison.Ordinal) => (TemplateScope.Parameter, text["param.".Length..]),
            _ => (TemplateScope.Any, text),
        };
        return name.Length == 0 ? null : new TemplateName(scope, name);
    }
}
