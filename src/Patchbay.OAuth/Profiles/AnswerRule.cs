namespace Patchbay.OAuth.Profiles;

/// <summary>A condition on an HTTP answer. Everything that is given in it must hold; where nothing is, it never does.</summary>
public sealed record AnswerRule
{
    /// <summary>The status is one of these.</summary>
    public IReadOnlyList<int>? Statuses { get; init; }

    /// <summary>The answer has a value at this path (see <see cref="TokenAnswerShape"/>) that is not null.</summary>
    public string? Path { get; init; }

    /// <summary>The value at the path is this text, number or boolean.</summary>
    public string? EqualTo { get; init; }

    /// <summary>The value at the path contains this text, in whatever case.</summary>
    public string? Contains { get; init; }
}
