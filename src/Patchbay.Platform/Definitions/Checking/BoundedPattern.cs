using System.Text.Json;
using System.Text.RegularExpressions;
using Json.Schema;
using Json.Schema.Keywords;

namespace Patchbay.Platform.Definitions.Checking;

/// <summary>
/// Regular expressions of schemas, which come from strangers as the values do: where an expression can be matched in linear time it is, and any
/// other gives up after a while. A value that was not matched by then does not match.
/// </summary>
internal static class BoundedPattern
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    public static Regex Of(string pattern)
    {
        try
        {
            return new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Patience);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, RegexOptions.CultureInvariant, Patience);
        }
    }

    public static bool Matches(Regex pattern, string text)
    {
        try
        {
            return pattern.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }
}

/// <summary>The keyword <c>pattern</c> by <see cref="BoundedPattern"/>.</summary>
internal sealed class BoundedPatternKeyword : PatternKeyword
{
    public override object? ValidateKeywordValue(JsonElement value) => BoundedPattern.Of(value.GetString()!);

    public override KeywordEvaluation Evaluate(KeywordData keyword, EvaluationContext context)
    {
        if (context.Instance.ValueKind != JsonValueKind.String)
            return KeywordEvaluation.Ignore;
        var matches = BoundedPattern.Matches((Regex)keyword.Value!, context.Instance.GetString()!);
        return new KeywordEvaluation { Keyword = Name, IsValid = matches, Error = matches ? null : "pattern" };
    }
}
