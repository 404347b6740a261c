using System.Text.Json;
using System.Text.Json.Nodes;

namespace Patchbay.Importing.Exporting;

/// <summary>
/// Facts of a source that OpenAPI 3.1 has no field for where they stand, or that would be invalid there. They keep their place among the
/// other facts, since their order counts, under a name that begins with ours.
/// </summary>
internal static class KeptFacts
{
    /// <summary>What all extensions of ours begin with.</summary>
    public const string Ours = "x-patchbay-";

    /// <summary>Marks a response that has no description, which the specification asks for.</summary>
    public const string Undescribed = Ours + "undescribed";

    /// <summary>Marks a header parameter that counts although OpenAPI 3 describes the header of that name elsewhere; Swagger 2.0 does not.</summary>
    public const string Counts = Ours + "counts";

    private const string Prefix = Ours + "kept-";

    /// <summary>The name of the fact that a field holds; null for any other field.</summary>
    public static string? NameOf(string field) => field.StartsWith(Prefix, StringComparison.Ordinal) ? field[Prefix.Length..] : null;

    /// <summary>Whether a field is no fact but says how to read another one.</summary>
    public static bool IsMark(string field) => field is Undescribed or Counts;

    /// <summary>Writes facts as fields of the object that is open.</summary>
    /// <param name="json">The writer.</param>
    /// <param name="facts">The facts, or null for none.</param>
    /// <param name="mayStand">Whether a fact that is no extension is valid where it stands.</param>
    public static void Write(Utf8JsonWriter json, IEnumerable<KeyValuePair<string, JsonNode?>>? facts, Func<string, JsonNode?, bool> mayStand)
    {
        foreach (var (name, value) in facts ?? [])
        {
            var stands = (JsonCopier.IsExtension(name) && !name.StartsWith(Ours, StringComparison.Ordinal)) || mayStand(name, value);
            WriteField(json, stands ? name : Prefix + name, value);
        }
    }

    public static void WriteField(Utf8JsonWriter json, string name, JsonNode? value)
    {
        json.WritePropertyName(name);
        if (value is null) json.WriteNullValue();
        else value.WriteTo(json);
    }
}
