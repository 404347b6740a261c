using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Patchbay.Platform.Connectors;

/// <summary>What says where a connector's requests and credentials go.</summary>
internal enum ConnectorSetting
{
    [JsonStringEnumMemberName("base-url")]
    BaseUrl,

    [JsonStringEnumMemberName("allowed-hosts")]
    AllowedHosts,

    [JsonStringEnumMemberName("auth-scheme-config")]
    AuthSchemeConfig,

    [JsonStringEnumMemberName("connection-variable")]
    ConnectionVariable,
}

/// <summary>Something that a connector, and what is to go into it, say differently. It holds no secret: configs hold none.</summary>
internal sealed record ConnectorDifferenceJson
{
    public required ConnectorSetting Kind { get; init; }

    /// <summary>The config's id or the variable's name.</summary>
    public string? Name { get; init; }

    /// <summary>What the connector has; left out for nothing.</summary>
    public JsonNode? Own { get; init; }

    /// <summary>What the description, or the upstream connector, has; left out for nothing.</summary>
    public JsonNode? Offered { get; init; }

    /// <summary>What the upstream connector had when it was last imported or merged; left out for nothing, or where that is not known.</summary>
    public JsonNode? Base { get; init; }

    /// <summary>Whether what is offered becomes the connector's: because it lacked it, or because that was asked for.</summary>
    public required bool Taken { get; init; }
}
