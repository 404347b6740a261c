using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Patchbay.OAuth.Text;

/// <summary>
/// JSON whose texts have placeholders. Values are put in as text, so none can change the structure around it. Names stay as they are.
/// </summary>
internal static class JsonTemplate
{
    [return: NotNullIfNotNull(nameof(template))]
    public static JsonObject? Expand(JsonObject? template, Func<string, string?> valueOf, string field, List<OAuthFault> faults)
    {
        if (template is null) return null;
        var expanded = new JsonObject();
        foreach (var (name, value) in Members(template, field, faults)) expanded[name] = Expand(value, valueOf, $"{field}.{name}", faults);
        return expanded;
    }

    public static JsonNode? Expand(JsonNode? template, Func<string, string?> valueOf, string field, List<OAuthFault> faults)
    {
        switch (template)
        {
            case JsonObject members:
                return Expand(members, valueOf, field, faults);
            case JsonArray items:
                return new JsonArray([.. items.Select((item, index) => Expand(item, valueOf, $"{field}[{index}]", faults))]);
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                return JsonValue.Create(PlaceholderText.Expand(Text(value, field, faults), valueOf, field, faults));
            default:
                return template?.DeepClone();
        }
    }

    /// <summary>Reports whatever is wrong with a template: its placeholders, and what JSON allows but no text can hold.</summary>
    public static void Check(JsonNode? template, string field, List<OAuthFault> faults)
    {
        switch (template)
        {
            case JsonObject members:
                foreach (var (name, value) in Members(members, field, faults)) Check(value, $"{field}.{name}", faults);
                break;
            case JsonArray items:
                for (var index = 0; index < items.Count; index++) Check(items[index], $"{field}[{index}]", faults);
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String && PlaceholderText.WhyMalformed(Text(value, field, faults)) is { } why:
                faults.Add(new OAuthFault(field, why));
                break;
        }
    }

    /// <summary>The members of an object. It is read only now, and throws where a name stands twice or has half a surrogate pair in it.</summary>
    private static List<KeyValuePair<string, JsonNode?>> Members(JsonObject template, string field, List<OAuthFault> faults)
    {
        try
        {
            return [.. template];
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            faults.Add(new OAuthFault(field, "has a member twice, or one whose name is not valid Unicode text"));
            return [];
        }
    }

    private static string Text(JsonValue value, string field, List<OAuthFault> faults)
    {
        try
        {
            return value.GetValue<string>();
        }
        catch (InvalidOperationException)
        {
            faults.Add(new OAuthFault(field, "is not valid Unicode text"));
            return "";
        }
    }
}
