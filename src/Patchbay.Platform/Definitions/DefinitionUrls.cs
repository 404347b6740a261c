using Patchbay.Platform.Versions;

namespace Patchbay.Platform.Definitions;

/// <summary>Where schemas are read: definitions of one version stand side by side, so that their relative references to each other hold.</summary>
internal sealed class DefinitionUrls(PublicAddress address)
{
    public string Of(ConnectorVersion version, VersionDefinition definition) => address.Absolute(
        $"/api/connect/v1/o/{version.OrganisationId}/schemas/{version.ConnectorId}/{Uri.EscapeDataString(version.Name)}/{definition.Name}{Extension(definition)}");

    public static string Extension(VersionDefinition definition) =>
        definition.ContentType.Contains("xml", StringComparison.OrdinalIgnoreCase) ? ".xsd" : ".json";
}
