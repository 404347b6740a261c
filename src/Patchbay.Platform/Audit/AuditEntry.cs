using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Patchbay.Platform.Audit;

/// <summary>What a record is to say, before it has its place in a chain.</summary>
/// <param name="OrganisationId">Whose chain it belongs to: an organisation, or <see cref="AuditRecord.Instance"/>.</param>
/// <param name="Operation">What was done.</param>
/// <param name="Actor">Who did it.</param>
/// <param name="Resources">What it was done to.</param>
internal sealed record AuditEntry(Ulid OrganisationId, string Operation, string Actor, IReadOnlyList<AuditResource> Resources)
{
    public const string Operator = "operator";
    public const string Server = "server";
    public const string Nobody = "nobody";

    public string Outcome { get; init; } = AuditRecord.Succeeded;
    public long Count { get; init; } = 1;

    /// <summary>Whether it is the first word of the chain of a new organisation, which is then begun.</summary>
    public Ulid? BeginsChainOf { get; init; }
}

/// <summary>Something that an operation was for or changed: its kind and internal id, never its name.</summary>
/// <param name="Kind">What it is, such as <c>connector</c>.</param>
/// <param name="Id">Its id; null where several are counted.</param>
internal sealed record AuditResource(string Kind, string? Id)
{
    public const string Created = "created";
    public const string Updated = "updated";
    public const string Deleted = "deleted";

    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.Default,
    };

    /// <summary>What became of it; null where it is only the place.</summary>
    public string? Change { get; init; }

    /// <summary>Names of the fields that changed, of those the server keeps; never what they hold.</summary>
    public IReadOnlyList<string>? Fields { get; init; }

    /// <summary>How many of the kind there are, where they are too many to name.</summary>
    public int? Count { get; init; }

    public static string Write(IReadOnlyList<AuditResource> resources) => JsonSerializer.Serialize(resources, Json);

    /// <returns>None where the text is none of ours: somebody changed it in the database, which verifying tells.</returns>
    public static IReadOnlyList<AuditResource> Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<List<AuditResource>>(text, Json) ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
