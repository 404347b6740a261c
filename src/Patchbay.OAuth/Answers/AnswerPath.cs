using System.Globalization;
using System.Text.Json;

namespace Patchbay.OAuth.Answers;

/// <summary>Where in an answer a value stands; the syntax is told at <see cref="Profiles.TokenAnswerShape"/>.</summary>
internal sealed class AnswerPath
{
    private const int MaxLength = 512;
    private const int MaxSteps = 32;
    private const string HeaderMark = "header:";

    private readonly string[] _steps;

    private AnswerPath(string[] steps, string? header)
    {
        _steps = steps;
        Header = header;
    }

    /// <summary>The header that holds the value, or null where the body does.</summary>
    public string? Header { get; }

    /// <summary>What is wrong with the text of a path, or null.</summary>
    public static string? WhyNot(string text) => Parse(text, out _);

    /// <summary>Reads a path; null where it is none.</summary>
    public static AnswerPath? Of(string text)
    {
        Parse(text, out var path);
        return path;
    }

    /// <summary>Follows the path from the root of a body.</summary>
    /// <returns>The value, or null where the path leads nowhere.</returns>
    public JsonElement? Find(JsonElement root)
    {
        foreach (var step in _steps)
        {
            if (JsonText.Member(root, step) is not { } next) return null;
            root = next;
        }

        return root;
    }

    private static string? Parse(string text, out AnswerPath? path)
    {
        path = null;
        if (text.Length == 0) return "must not be empty";
        if (text.Length > MaxLength) return $"is longer than {MaxLength} characters";
        if (text.StartsWith(HeaderMark, StringComparison.Ordinal))
        {
            var name = text[HeaderMark.Length..];
            if (!Text.HeaderText.IsToken(name)) return "does not name a header";
            path = new AnswerPath([], name);
            return null;
        }

        string[] steps;
        if (text == "$")
        {
            steps = [];
        }
        else if (text[0] == '/')
        {
            if (text.Replace("~0", "", StringComparison.Ordinal).Replace("~1", "", StringComparison.Ordinal).Contains('~', StringComparison.Ordinal))
            {
                return "is not a JSON pointer: ~ is followed by neither 0 nor 1";
            }

            steps = [.. text[1..].Split('/').Select(step => step.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
        }
        else
        {
            steps = text.Split('.');
            if (steps.Any(step => step.Length == 0)) return "has an empty name between two dots";
        }

        if (steps.Length > MaxSteps) return $"has more than {MaxSteps} steps";
        path = new AnswerPath(steps, header: null);
        return null;
    }
}

/// <summary>Reads values of foreign JSON. Names and texts that hold half a surrogate pair are valid JSON, and reading them throws.</summary>
internal static class JsonText
{
    /// <summary>A member of an object, or an element of an array; null where there is none.</summary>
    public static JsonElement? Member(JsonElement parent, string name)
    {
        try
        {
            if (parent.ValueKind == JsonValueKind.Object) return parent.TryGetProperty(name, out var member) ? member : null;
            return parent.ValueKind == JsonValueKind.Array
                && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                && index < parent.GetArrayLength()
                    ? parent[index]
                    : null;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A text, or a number or boolean as it is written; null for anything else.</summary>
    public static string? Scalar(JsonElement value)
    {
        try
        {
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
                _ => null,
            };
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}
