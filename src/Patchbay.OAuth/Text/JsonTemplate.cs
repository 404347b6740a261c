using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Patchbay.OAuth.Text;

/// <summary>JSON whose texts have placeholders. Values are put in as text, so none can change the structure around it. Names stay as they are.</summary>
internal static class JsonTemplate
{
    [return: NotNullIfNotNull(nameof(template))]
    public static JsonObject? Expand(JsonObject? template, Func<string, string?> valueOf, string field, List<OAuthFault> faults)
    {
        if (template is null) return null;
        var expanded = new JsonObject();
        foreach (var (name, value) in template) expanded[name] = Expand(value, valueOf, $"{field}.{name}", faults);
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
            case JsonValue value when value.TryGetValue<string>(out var text):
                return JsonValue.Create(PlaceholderText.Expand(text, valueOf, field, faults));
            default:
                return template?.DeepClone();
        }
    }

    /// <summary>Reports the malformed placeholders of a template.</summary>
    public static void Check(JsonNode? template, string field, List<OAuthFault> faults)
    {
        switch (template)
        {
            case JsonObject members:
                foreach (var (name, value) in members) Check(value, $"{field}.{name}", faults);
                break;
            case JsonArray items:
                for (var index = 0; index < items.Count; index++) Check(items[index], $"{field}[{index}]", faults);
                break;
            case JsonValue value when value.TryGetValue<string>(out var text) && PlaceholderText.WhyMalformed(text) is { } why:
                faults.Add(new OAuthFault(field, why));
                break;
        }
    }
}
