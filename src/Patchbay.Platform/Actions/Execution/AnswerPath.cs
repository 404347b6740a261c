using System.Text.Json;
using System.Text.RegularExpressions;
using DevLab.JmesPath;

namespace Patchbay.Platform.Actions.Execution;

/// <summary>
/// Where in an answer something stands: a JSON pointer such as <c>/meta/next</c> (RFC 6901), or a JMESPath expression such as
/// <c>meta.next</c> or <c>items[?active]</c>. Empty for the whole answer.
/// </summary>
internal sealed partial class AnswerPath
{
    public const int MaxLength = 1000;

    private readonly string[]? _steps;
    private readonly string? _expression;

    private AnswerPath(string[]? steps, string? expression) => (_steps, _expression) = (steps, expression);

    /// <summary>Reads a path; null where it is none.</summary>
    public static AnswerPath? Parse(string text)
    {
        if (text.Length > MaxLength)
            return null;
        if (text.Length == 0)
            return new AnswerPath([], null);
        if (text.StartsWith('/'))
            return new AnswerPath([.. text[1..].Split('/').Select(s => s.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))], null);
        // The plain case keeps numbers and order of the answer as they came.
        if (Plain().IsMatch(text))
            return new AnswerPath(text.Split('.'), null);
        try
        {
            _ = new JmesPath().Parse(text);
            return new AnswerPath(null, text);
        }
        catch (Exception)
        {
            // The parser throws what it likes; in any case it is no expression.
            return null;
        }
    }

    /// <summary>What stands there; undefined where there is nothing.</summary>
    public JsonElement Find(JsonElement root)
    {
        if (_steps is not null)
        {
            var at = root;
            foreach (var step in _steps)
            {
                if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(step, out var member))
                    at = member;
                else if (at.ValueKind == JsonValueKind.Array && int.TryParse(step, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var index) && index < at.GetArrayLength())
                    at = at[index];
                else
                    return default;
            }

            return at;
        }

        try
        {
            using var document = JsonDocument.Parse(new JmesPath().Transform(root.GetRawText(), _expression));
            return document.RootElement.Clone();
        }
        catch (Exception)
        {
            // An expression may fail at the types of what it meets.
            return default;
        }
    }

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Plain();
}
