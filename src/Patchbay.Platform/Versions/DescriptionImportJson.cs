using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Patchbay.Platform.Actions;
using Patchbay.Platform.Connectors;
using Patchbay.Platform.Definitions;
using Patchbay.Platform.Http;
using Patchbay.Platform.Triggers;

namespace Patchbay.Platform.Versions;

/// <summary>In what form an API is described.</summary>
internal enum ConnectorFormat
{
    [JsonStringEnumMemberName("openapi")]
    OpenApi,

    /// <summary>An archive that ExportConnectorVersion gave (ours).</summary>
    [JsonStringEnumMemberName("archive")]
    Archive,

    /// <summary>A Postman collection (ours).</summary>
    [JsonStringEnumMemberName("postman")]
    Postman,
}

/// <summary>What says in what form a description is.</summary>
internal interface IOfFormat
{
    /// <summary>Swagger 2.0 counts as openapi. What a document says of itself counts more.</summary>
    ConnectorFormat Format { get; }
}

/// <summary>What is uploaded with a description for a new connector.</summary>
internal sealed record ImportHTTPConnectorMetadataJson : IOfFormat
{
    public required ConnectorFormat Format { get; init; }
}

/// <summary>What is uploaded with a description for a new version.</summary>
internal sealed record ImportHTTPConnectorVersionMetadataJson : IOfFormat
{
    public required ConnectorFormat Format { get; init; }

    /// <summary>The name of the new version.</summary>
    [MinLength(1), MaxLength(ConnectorVersion.MaxNameLength)]
    public required string Version { get; init; }
}

/// <summary>A description to be fetched for a new connector.</summary>
internal record HTTPConnectorFromURLCreateJson : IOfFormat
{
    /// <summary>Where the description is; also the url that GetProtocolUploadURL gave, once the file was sent.</summary>
    public required string SchemaURL { get; init; }

    /// <summary>json or yaml, or a media type; left out, it is found out.</summary>
    [MaxLength(256)]
    public string? Filetype { get; init; }

    public required ConnectorFormat Format { get; init; }
}

/// <summary>A description to be fetched for a new version.</summary>
internal sealed record HTTPConnectorVersionFromURLCreateJson : HTTPConnectorFromURLCreateJson
{
    /// <summary>The name of the new version.</summary>
    [MinLength(1), MaxLength(ConnectorVersion.MaxNameLength)]
    public required string Version { get; init; }
}

/// <summary>What an import made of a description.</summary>
internal sealed record ImportHTTPConnectorResultJson
{
    /// <summary>The connector over HTTP that it went into, with all its versions.</summary>
    public required ConnectorJson Connector { get; init; }

    public required IReadOnlyList<DefinitionJson> Definitions { get; init; }
    public required IReadOnlyList<ActionJson> Actions { get; init; }
    public required IReadOnlyList<TriggerJson> Triggers { get; init; }

    /// <summary>What was approximated, mended or left out, each with where it stood.</summary>
    public required IReadOnlyList<MessageJson> Messages { get; init; }

    /// <summary>How it differs from the version that it was held against; left out where the connector had none (ours).</summary>
    public VersionDifferenceJson? Difference { get; init; }
}

/// <summary>What an import would do.</summary>
internal sealed record ImportPreviewJson
{
    /// <summary>The name that the new version would have.</summary>
    public required string Version { get; init; }

    /// <summary>How it would differ from the version that it is held against; left out where the connector has none.</summary>
    public VersionDifferenceJson? Difference { get; init; }

    /// <summary>Where the description and the connector say different things of where requests and credentials go.</summary>
    public required IReadOnlyList<ConnectorDifferenceJson> Connector { get; init; }

    /// <summary>Every place that credentials of the connector could go to afterwards, and any code that came along.</summary>
    public required IReadOnlyList<string> Hosts { get; init; }

    /// <summary>What would be approximated, mended or left out, each with where it stands.</summary>
    public required IReadOnlyList<MessageJson> Messages { get; init; }
}

/// <summary>Why a description was not imported.</summary>
internal sealed record ImportHTTPConnectorErrorJson
{
    public required string Code { get; init; }
    public required string Message { get; init; }
    public IReadOnlyList<ErrorFieldJson>? Fields { get; init; }
    public string? Details { get; init; }

    /// <summary>All that was noticed, the reasons with severity error.</summary>
    public IReadOnlyList<MessageJson>? Messages { get; init; }
}
