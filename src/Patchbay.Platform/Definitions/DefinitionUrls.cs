using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Definitions;

/// <summary>Where schemas are read: definitions of one version stand side by side, so that their relative references to each other hold.</summary>
internal sealed class DefinitionUrls(PublicAddress address)
{
    public string Of(ConnectorVersion version, VersionDefinition definition) => Of(version, definition.Name, IsXml(definition.ContentType));

    public string Of(ConnectorVersion version, string name, bool isXml) => FolderOf(version) + name + (isXml ? ".xsd" : ".json");

    /// <summary>Under what all schemas of a version stand; ends with a slash.</summary>
    public string FolderOf(ConnectorVersion version) => address.Absolute(
        $"/api/connect/v1/o/{version.OrganisationId}/schemas/{version.ConnectorId}/{Uri.EscapeDataString(version.Name)}/");

    public static string Extension(VersionDefinition definition) => IsXml(definition.ContentType) ? ".xsd" : ".json";

    public static bool IsXml(string contentType) => contentType.Contains("xml", StringComparison.OrdinalIgnoreCase);
}
