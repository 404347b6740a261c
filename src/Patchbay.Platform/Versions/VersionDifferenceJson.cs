using System.Text.Json.Serialization;
using Patchbay.Importing.Comparing;

namespace Patchbay.Platform.Versions;

/// <summary>How a version differs from another, and what that means for those who call the connector.</summary>
internal sealed record VersionDifferenceJson
{
    /// <summary>What it is held against.</summary>
    public required ComparedVersionJson From { get; init; }

    public required ComparedVersionJson To { get; init; }

    /// <summary>How many actions, triggers and definitions are new.</summary>
    public required int Added { get; init; }

    /// <summary>How many are gone.</summary>
    public required int Removed { get; init; }

    /// <summary>How many are others than before, under the same name or another.</summary>
    public required int Changed { get; init; }

    /// <summary>How many actions and triggers are what they were, but use a definition that changed.</summary>
    public required int Affected { get; init; }

    /// <summary>How many of all these are breaking for callers.</summary>
    public required int Breaking { get; init; }

    /// <summary>Actions, then triggers, then definitions, each by name; empty exactly when the contents are equal.</summary>
    public required IReadOnlyList<DifferenceItemJson> Items { get; init; }

    public static VersionDifferenceJson Of(ContentsDifference difference, ComparedVersionJson from, ComparedVersionJson to) => new()
    {
        From = from,
        To = to,
        Added = difference.Count(PartChange.Added),
        Removed = difference.Count(PartChange.Removed),
        Changed = difference.Count(PartChange.Changed) + difference.Count(PartChange.Renamed),
        Affected = difference.Count(PartChange.Affected),
        Breaking = difference.Breaking,
        Items = [.. difference.Items.Select(DifferenceItemJson.Of)],
    };
}

/// <summary>A version in a comparison.</summary>
internal sealed record ComparedVersionJson
{
    public required string Name { get; init; }

    /// <summary>Left out for a version that is not there yet, or has changed since.</summary>
    public Ulid? Id { get; init; }

    public static ComparedVersionJson Of(ConnectorVersion version) => new() { Name = version.Name, Id = version.Id };
}

/// <summary>What a part of a version is.</summary>
internal enum VersionPartKind
{
    [JsonStringEnumMemberName("action")]
    Action,

    [JsonStringEnumMemberName("trigger")]
    Trigger,

    [JsonStringEnumMemberName("definition")]
    Definition,
}

/// <summary>How a part differs. Affected is what is the same itself, but uses a definition that changed.</summary>
internal enum DifferenceChange
{
    [JsonStringEnumMemberName("added")]
    Added,

    [JsonStringEnumMemberName("removed")]
    Removed,

    [JsonStringEnumMemberName("changed")]
    Changed,

    [JsonStringEnumMemberName("renamed")]
    Renamed,

    [JsonStringEnumMemberName("affected")]
    Affected,
}

/// <summary>
/// What a change means for callers. Breaking: a call that was right may fail, its answer may surprise, or that cannot be told. Documentation: only
/// words for people, or how it is written down.
/// </summary>
internal enum DifferenceLevel
{
    [JsonStringEnumMemberName("documentation")]
    Documentation,

    [JsonStringEnumMemberName("compatible")]
    Compatible,

    [JsonStringEnumMemberName("breaking")]
    Breaking,
}

/// <summary>An action, trigger or definition that differs.</summary>
internal sealed record DifferenceItemJson
{
    public required VersionPartKind Kind { get; init; }
    public required string Name { get; init; }
    public required DifferenceChange Change { get; init; }

    /// <summary>All in all.</summary>
    public required DifferenceLevel Level { get; init; }

    /// <summary>Its name before, where that was another. Only what is told from all others by its method and path, or by its content, counts as renamed.</summary>
    public string? PreviousName { get; init; }

    /// <summary>What changed inside, the worst first; at most 100.</summary>
    public IReadOnlyList<FieldChangeJson>? Changes { get; init; }

    /// <summary>How many changes there are beyond those.</summary>
    public int? FurtherChanges { get; init; }

    /// <summary>Changed definitions that it uses, directly or through others, the worst first; at most 100.</summary>
    public IReadOnlyList<ChangedUseJson>? Through { get; init; }

    public static DifferenceItemJson Of(DifferenceItem item) => new()
    {
        Kind = (VersionPartKind)item.Part.Kind,
        Name = item.Part.Name,
        Change = (DifferenceChange)item.Change,
        Level = (DifferenceLevel)item.Level,
        PreviousName = item.PreviousName,
        Changes = item.Changes.Count == 0 ? null : [.. item.Changes.Select(c => new FieldChangeJson
        {
            Field = c.Field,
            Before = c.Before,
            After = c.After,
            Level = (DifferenceLevel)c.Level,
            Note = c.Note,
        })],
        FurtherChanges = item.FurtherChanges == 0 ? null : item.FurtherChanges,
        Through = item.Through.Count == 0 ? null : [.. item.Through.Select(t => new ChangedUseJson
        {
            Definition = t.Definition,
            In = t.InRequests ? DataDirection.Sent : DataDirection.Given,
            Level = (DifferenceLevel)t.Level,
        })],
    };
}

/// <summary>A change inside a part.</summary>
internal sealed record FieldChangeJson
{
    /// <summary>JSON pointer into the part, such as /parameters/query/limit/required; empty for all of it.</summary>
    public required string Field { get; init; }

    /// <summary>What stood there, cut where it is long; left out for nothing.</summary>
    public string? Before { get; init; }

    /// <summary>What stands there, cut where it is long; left out for nothing.</summary>
    public string? After { get; init; }

    public required DifferenceLevel Level { get; init; }

    /// <summary>Why, where that is not plain.</summary>
    public string? Note { get; init; }
}

/// <summary>Which way data goes, as a caller of the connector sees it.</summary>
internal enum DataDirection
{
    [JsonStringEnumMemberName("sent")]
    Sent,

    [JsonStringEnumMemberName("given")]
    Given,
}

/// <summary>A use of a changed definition.</summary>
internal sealed record ChangedUseJson
{
    public required string Definition { get; init; }

    /// <summary>Whether callers send what it describes, or are given it.</summary>
    public required DataDirection In { get; init; }

    public required DifferenceLevel Level { get; init; }
}

/// <summary>What the import or merge did that a draft was last made or changed by.</summary>
internal sealed record VersionChangesJson
{
    /// <summary>Left out where the version was made otherwise, or had nothing to be held against.</summary>
    public VersionDifferenceJson? Difference { get; init; }
}
