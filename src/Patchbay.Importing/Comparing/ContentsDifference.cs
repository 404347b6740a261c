namespace Patchbay.Importing.Comparing;

/// <summary>What a change means for those who call a connector, from the least to the most.</summary>
public enum ChangeLevel
{
    /// <summary>Nothing but words for people, or the way in which it is written down.</summary>
    Documentation,

    /// <summary>Calls that were right before are right now, and their answers are what was expected.</summary>
    Compatible,

    /// <summary>Some call may fail, or its answer surprise; or it cannot be told.</summary>
    Breaking,
}

/// <summary>How a part differs.</summary>
public enum PartChange
{
    /// <summary>It is new.</summary>
    Added,

    /// <summary>It is gone.</summary>
    Removed,

    /// <summary>It is another than before.</summary>
    Changed,

    /// <summary>It is there under another name, and perhaps changed besides.</summary>
    Renamed,

    /// <summary>It is what it was, and a definition that it uses changed.</summary>
    Affected,
}

/// <summary>A change inside a part.</summary>
/// <param name="Field">JSON pointer (RFC 6901) into the part; a part of a list is named by what it is found by, such as <c>/parameters/query/limit</c>.</param>
/// <param name="Before">What stood there, shortened; null for nothing.</param>
/// <param name="After">What stands there, shortened; null for nothing.</param>
/// <param name="Level">What it means where the part is used.</param>
/// <param name="Note">Why, where that is not plain.</param>
public sealed record FieldChange(string Field, string? Before, string? After, ChangeLevel Level, string? Note = null);

/// <summary>A changed definition that a part uses, directly or through others.</summary>
/// <param name="Definition">Its name.</param>
/// <param name="InRequests">Whether it says what callers send; otherwise what they are given.</param>
/// <param name="Level">What its change means there.</param>
public sealed record ChangedUse(string Definition, bool InRequests, ChangeLevel Level);

/// <summary>A part that differs.</summary>
/// <param name="Part">Its kind, and its name now; the name that it had, where it is gone.</param>
/// <param name="Change">How it differs.</param>
/// <param name="Level">What that means for callers, all in all.</param>
public sealed record DifferenceItem(PartKey Part, PartChange Change, ChangeLevel Level)
{
    /// <summary>The name that it had, where it has another now.</summary>
    public string? PreviousName { get; init; }

    /// <summary>What changed inside, the first of it where it is very much.</summary>
    public IReadOnlyList<FieldChange> Changes { get; init; } = [];

    /// <summary>How many changes there are beyond those.</summary>
    public int FurtherChanges { get; init; }

    /// <summary>Changed definitions that it uses, the nearest first, and the first of them only where they are very many.</summary>
    public IReadOnlyList<ChangedUse> Through { get; init; } = [];
}

/// <summary>How one version differs from another: empty exactly when all identities are equal.</summary>
/// <param name="Items">Actions, then triggers, then definitions, each by name.</param>
public sealed record ContentsDifference(IReadOnlyList<DifferenceItem> Items)
{
    /// <summary>How many parts differ so.</summary>
    public int Count(PartChange change) => Items.Count(i => i.Change == change);

    /// <summary>How many parts a caller has to look at.</summary>
    public int Breaking => Items.Count(i => i.Level == ChangeLevel.Breaking);
}
