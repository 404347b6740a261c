using Patchbay.Importing.Contents;
using Patchbay.Protocols.Http.Actions;

namespace Patchbay.Platform.Definitions.Checking;

/// <summary>Which of several definitions is that of a body.</summary>
internal static class DefinitionLinks
{
    /// <summary>The link for a media type: one that names it, else one whose range it is in; null for none.</summary>
    /// <param name="links">What is declared.</param>
    /// <param name="mediaType">The type of a body, with parameters or without.</param>
    public static DefinitionLink? For(this IReadOnlyList<DefinitionLink> links, string mediaType) =>
        links.FirstOrDefault(l => l.MediaTypes.Any(t => MediaTypes.Essence(t) == MediaTypes.Essence(mediaType)))
        ?? links.FirstOrDefault(l => l.MediaTypes.Any(t => MediaTypes.Matches(mediaType, t)));
}
