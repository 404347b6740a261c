using System.Text.Json.Serialization;

namespace Patchbay.Platform.Connectors;

/// <summary>How a connector talks to its API.</summary>
internal enum ProtocolType
{
    [JsonStringEnumMemberName(Connector.Http)]
    Http,

    [JsonStringEnumMemberName(Connector.BigQuery)]
    BigQuery,
}
