using Patchbay.Importing.Schemas;
using Patchbay.Importing.Tree;

namespace Patchbay.Importing.OpenApi;

/// <summary>
/// Swagger 2.0 has the keywords of a schema in parameters and headers themselves, and so have, by mistake, many later descriptions.
/// </summary>
internal static class InPlaceSchema
{
    /// <summary>A schema of the keywords that check something; null where there is none.</summary>
    /// <param name="holder">A Parameter or Header Object.</param>
    /// <param name="described">The fields that it has besides.</param>
    public static SourceObject? Of(SourceObject holder, string[] described)
    {
        var keywords = holder.Members.Where(member => !described.Contains(member.Name) && IsKeyword(member.Name)).ToArray();
        if (keywords.Length == 0) return null;
        return new SourceObject(holder.Line, holder.Column) { Members = keywords, Parent = holder, Origin = holder };
    }

    private static bool IsKeyword(string name) => name is "default" or "x-nullable" || !SchemaKeywords.IsAnnotation(name);
}
