using System.Text;
using DevLab.JmesPath;
using DevLab.JmesPath.Expressions;
using Newtonsoft.Json;
using Newtonsoft.Json.Linq;

namespace Patchbay.Platform.Subscriptions;

/// <summary>
/// A JMESPath expression of a caller's, over JSON of somebody else's. It takes the part of the language that costs at most so much as its length
/// times what it looks at: nothing that builds (<c>{}</c> and <c>[a, b]</c>, whose results double with each step), no expressions as arguments
/// (<c>&amp;</c>), no looking back at the whole (<c>$</c>), and functions from a list.
/// </summary>
internal sealed class JsonExpression
{
    /// <summary>In characters.</summary>
    public const int MaxLength = 1000;

    /// <summary>How large JSON may be that is looked at, in bytes.</summary>
    public const int MaxJson = 1024 * 1024;

    private const int MaxDepth = 64;
    private const int MaxNesting = 20;

    private static readonly HashSet<string> Functions = new(StringComparer.Ordinal)
    {
        "abs", "avg", "ceil", "contains", "ends_with", "floor", "keys", "length", "max", "min", "not_null", "reverse", "sort", "starts_with", "sum",
        "to_array", "to_number", "to_string", "type", "values", "lower", "upper",
    };

    private readonly JmesPathExpression _expression;

    private JsonExpression(JmesPathExpression expression) => _expression = expression;

    /// <summary>Reads an expression.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="expression">What it was read as.</param>
    /// <param name="fault">What is wrong with it.</param>
    public static bool TryParse(string text, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out JsonExpression? expression, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out string? fault)
    {
        expression = null;
        fault = text.Length is 0 or > MaxLength ? $"must have 1 to {MaxLength} characters" : FaultOf(text);
        if (fault is not null)
            return false;
        try
        {
            expression = new JsonExpression(new JmesPath().Parse(text));
            return true;
        }
#pragma warning disable CA1031 // The parser's exceptions have no type in common, and what they are about is the caller's text.
        catch (Exception)
#pragma warning restore CA1031
        {
            fault = "is no JMESPath expression";
            return false;
        }
    }

    /// <summary>Applies the expression.</summary>
    /// <param name="json">JSON in UTF-8.</param>
    /// <returns>What it gives; null where the JSON is none, is too large or too deep, or the expression does not go with what it finds.</returns>
    public JToken? ApplyTo(ReadOnlyMemory<byte> json)
    {
        if (json.Length > MaxJson)
            return null;
        try
        {
            return Apply(Read(json));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The same over JSON that was read by <see cref="Read"/>.</summary>
    public JToken? Apply(JToken json)
    {
        try
        {
            return _expression.Transform(json).AsJToken();
        }
#pragma warning disable CA1031 // What functions throw at values of another type has no type in common.
        catch (Exception)
#pragma warning restore CA1031
        {
            return null;
        }
    }

    /// <summary>Reads JSON as it stands: a text that looks like a time stays a text.</summary>
    /// <exception cref="JsonException">It is none, or too deep.</exception>
    public static JToken Read(ReadOnlyMemory<byte> json)
    {
        using var reader = new JsonTextReader(new StringReader(Encoding.UTF8.GetString(json.Span)))
        {
            DateParseHandling = DateParseHandling.None, FloatParseHandling = FloatParseHandling.Double, MaxDepth = MaxDepth,
        };
        return JToken.ReadFrom(reader);
    }

    /// <summary>What counts as yes: as JMESPath has it, all but null, false and what is empty.</summary>
    public static bool IsTrue(JToken value) => value.Type switch
    {
        JTokenType.Null or JTokenType.Undefined or JTokenType.None => false,
        JTokenType.Boolean => value.Value<bool>(),
        JTokenType.String => value.Value<string>()!.Length > 0,
        JTokenType.Array or JTokenType.Object => value.HasValues,
        _ => true,
    };

    private static string? FaultOf(string text)
    {
        var nesting = 0;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\'' or '"' or '`':
                    var end = EndOf(text, i);
                    if (end < 0)
                        return "has a text that does not end";
                    i = end;
                    break;
                case '&' when i + 1 < text.Length && text[i + 1] == '&':
                    i++;
                    break;
                case '&':
                    return "must not hand expressions on (&)";
                case '$':
                    return "must not look back at the whole ($)";
                case '{':
                    return "must not build objects ({})";
                case '[' when Next(text, i) is not ('?' or '*' or ']' or ':' or '-' or >= '0' and <= '9'):
                    return "must not build lists ([a, b])";
                case '[':
                    nesting++;
                    break;
                case '(':
                    nesting++;
                    if (FunctionBefore(text, i) is { Length: > 0 } function && !Functions.Contains(function))
                        return $"must not use the function {function}; there are {string.Join(", ", Functions.Order(StringComparer.Ordinal))}";
                    break;
                case ']' or ')':
                    nesting--;
                    break;
                default:
                    break;
            }

            if (nesting > MaxNesting)
                return $"is nested more than {MaxNesting} deep";
        }

        return null;
    }

    private static char Next(string text, int at)
    {
        while (++at < text.Length)
        {
            if (!char.IsWhiteSpace(text[at]))
                return text[at];
        }

        return '\0';
    }

    private static string FunctionBefore(string text, int parenthesis)
    {
        var end = parenthesis;
        while (end > 0 && char.IsWhiteSpace(text[end - 1]))
            end--;
        var start = end;
        while (start > 0 && (char.IsLetterOrDigit(text[start - 1]) || text[start - 1] == '_'))
            start--;
        return text[start..end];
    }

    private static int EndOf(string text, int start)
    {
        for (var i = start + 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
                i++;
            else if (text[i] == text[start])
                return i;
        }

        return -1;
    }
}
