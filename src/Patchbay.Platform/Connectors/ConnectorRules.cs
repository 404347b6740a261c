using System.Text.RegularExpressions;
using Patchbay.Protocols.Http;

namespace Patchbay.Platform.Connectors;

/// <summary>What holds for the fields of every connector, however it comes about.</summary>
internal static partial class ConnectorRules
{
    public const int MaxLinkLength = 2048;
    public const int MaxDatasetIdLength = 1200;

    private const int MaxTags = 100;
    private const int MaxTagLength = 256;

    public static void CheckBaseUrl(string baseUrl, string path, List<FieldFault> faults)
    {
        // A draft may still lack its address; a connection then has nowhere to go, and says so.
        if (baseUrl.Length > 0)
            faults.AddRange(BaseUrlTemplate.Parse(baseUrl).Faults.Select(f => new FieldFault(path, f.Message)));
    }

    /// <summary>A draft may still lack its dataset, as it may lack its address; a version is not published without.</summary>
    public static void CheckDatasetId(string? datasetId, string path, List<FieldFault> faults)
    {
        if (!string.IsNullOrEmpty(datasetId) && !DatasetId.IsMatch(datasetId))
            faults.Add(new(path, "must look like my-project.my_dataset: a project's id, a dot, and a dataset's id of letters, digits and underscores"));
    }

    /// <summary>The schemes that a connector of a protocol can be used with; null where all can.</summary>
    public static IReadOnlyList<string>? SchemesOf(string protocol) => protocol == Connector.BigQuery ? ["google-service-account", "oauth2"] : null;

    public static void CheckScheme(string protocol, AuthSchemeConfigJson config, string path, List<FieldFault> faults)
    {
        if (SchemesOf(protocol) is { } schemes && !schemes.Contains(config.SchemeType, StringComparer.Ordinal))
            faults.Add(new(path, $"does not go with the protocol {protocol}, which takes {string.Join(", ", schemes.Select(s => $"\"{s}\""))}"));
    }

    public static void CheckAllowedHosts(IEnumerable<string>? hosts, string path, List<FieldFault> faults)
    {
        // A fault's subject is the entry's index in brackets.
        faults.AddRange(AllowedHosts.Parse(hosts ?? []).Faults.Select(f => new FieldFault(path + f.Subject, f.Message)));
    }

    public static void CheckVariables(IReadOnlyList<ConnectionVariableJson>? variables, string path, List<FieldFault> faults)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, variable) in (variables ?? []).Index())
        {
            if (!seen.Add(variable.Name))
                faults.Add(new($"{path}[{index}].name", "stands twice"));
        }
    }

    public static void CheckTags(IReadOnlyDictionary<string, IReadOnlyList<string>>? tags, string path, List<FieldFault> faults)
    {
        if (tags is null)
            return;
        if (tags.Count > MaxTags || tags.Sum(t => t.Value.Count) > 10 * MaxTags)
            faults.Add(new(path, $"has more than {MaxTags} tags, or {10 * MaxTags} values"));
        foreach (var (key, values) in tags)
        {
            if (key.Length is 0 or > MaxTagLength || key.AsSpan().ContainsAny(',', ':'))
                faults.Add(new($"{path}.{key}", $"a tag has 1 to {MaxTagLength} characters without ',' and ':'"));
            foreach (var (index, value) in values.Index())
            {
                if (value.Length is 0 or > MaxTagLength || value.Contains(',', StringComparison.Ordinal))
                    faults.Add(new($"{path}.{key}[{index}]", $"a value has 1 to {MaxTagLength} characters without ','"));
            }
        }
    }

    public static void CheckLink(string? url, string path, List<FieldFault> faults)
    {
        if (!string.IsNullOrEmpty(url) && !AuthSchemeCompleteness.IsWebUrl(url))
            faults.Add(new(path, "must be an absolute http or https URL"));
    }

    /// <summary>The id of a project, which may be of a domain (<c>example.com:project</c>), and that of a dataset.</summary>
    [GeneratedRegex(@"^([A-Za-z0-9.-]+:)?[A-Za-z0-9-]{1,63}\.[A-Za-z0-9_]{1,1024}\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DatasetId { get; }

    /// <summary>Whether a link of a connector could be sent by a client: absent, or a web URL of bearable length.</summary>
    public static bool IsUsableLink(string? url) =>
        url is null || (url.Length <= MaxLinkLength && !url.Contains('\0', StringComparison.Ordinal) && AuthSchemeCompleteness.IsWebUrl(url));

    /// <summary>The rows of tags: one for each value, and one for a tag without values.</summary>
    public static IEnumerable<ConnectorTag> TagRows(Ulid connectorId, IReadOnlyDictionary<string, IReadOnlyList<string>>? tags) =>
        (tags?.AsEnumerable() ?? [])
            .SelectMany(t => t.Value.Count == 0 ? [(t.Key, Value: null)] : t.Value.Distinct(StringComparer.Ordinal).Select(v => (t.Key, Value: (string?)v)))
            .Select((t, position) => new ConnectorTag { ConnectorId = connectorId, Position = position, Key = t.Key, Value = t.Value });
}
