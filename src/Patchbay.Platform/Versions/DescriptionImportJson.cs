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
    /// <summary>Where the description is.</summary>
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
