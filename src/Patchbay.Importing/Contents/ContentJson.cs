using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Patchbay.Importing.Contents;

/// <summary>Contents as JSON: the same bytes for the same content, so that their hash says whether two are equal.</summary>
public static class ContentJson
{
    /// <summary>How contents are written and kept.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = 512,
    };

    /// <summary>The same for people and version control: indented, with line feeds everywhere.</summary>
    public static JsonSerializerOptions Indented { get; } = new(Options) { WriteIndented = true, IndentSize = 2, NewLine = "\n" };

    /// <summary>How contents are read that come from strangers: nothing is overlooked.</summary>
    internal static JsonSerializerOptions Strict { get; } = new(Options)
    {
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        MaxDepth = 96,
    };

    /// <summary>The bytes that are kept of a content.</summary>
    /// <typeparam name="T">The content.</typeparam>
    /// <param name="content">The content.</param>
    public static byte[] ToBytes<T>(T content) => JsonSerializer.SerializeToUtf8Bytes(content, Options);
}
