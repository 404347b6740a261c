using System.Security.Cryptography;
using System.Text;

namespace Patchbay.Platform.Agents;

/// <summary>
/// Names of tools: of the connector, two underscores, and the action. Models take at most 64 of <c>a-z A-Z 0-9 _ -</c>, so what is longer or has
/// other characters is cut, with a hash behind. A name depends on nothing that is added later.
/// </summary>
internal static class ToolNames
{
    public const int MaxLength = 64;
    public const int MaxSlugLength = 20;

    /// <summary>No slug has it inside, so that the first one in a name is where the action begins.</summary>
    private const string Separator = "__";

    /// <summary>What a connector is called in names; other connectors may be called so, too.</summary>
    public static string Slug(string connectorName)
    {
        var slug = new StringBuilder();
        foreach (var character in connectorName.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(character))
                slug.Append(character);
            else if (slug.Length > 0 && slug[^1] != '_')
                slug.Append('_');
        }

        var text = slug.Length > MaxSlugLength ? slug.ToString(0, MaxSlugLength) : slug.ToString();
        return text.TrimEnd('_') is { Length: > 0 } kept ? kept : "connector";
    }

    /// <summary>The same for a connector whose slug an older one has already.</summary>
    public static string SlugBehind(string slug, Ulid connectorId) => $"{slug}-{Hash(connectorId.ToString(), 6)}";

    /// <param name="slug">The connector's.</param>
    /// <param name="action">The action's name.</param>
    /// <param name="hashLength">How much of the hash stands in it, where it needs one; more where the name is taken.</param>
    public static string Of(string slug, string action, int hashLength = 8)
    {
        var room = MaxLength - slug.Length - Separator.Length;
        if (hashLength == 8 && action.Length <= room && action.All(IsPlain))
            return slug + Separator + action;
        var plain = new string([.. action.Take(room - hashLength - 1).Select(c => IsPlain(c) ? c : '_')]);
        return $"{slug}{Separator}{plain}-{Hash(action, hashLength)}";
    }

    private static bool IsPlain(char character) => char.IsAsciiLetterOrDigit(character) || character is '_' or '-';

    private static string Hash(string text, int length) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..length];
}
