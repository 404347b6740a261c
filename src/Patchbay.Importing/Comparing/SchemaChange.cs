namespace Patchbay.Importing.Comparing;

/// <summary>What a change does to the set of values that a schema lets pass.</summary>
[Flags]
internal enum Effect
{
    /// <summary>It stays: only words changed.</summary>
    None = 0,

    /// <summary>Some value that passed does not any more.</summary>
    Narrower = 1,

    /// <summary>Some value passes that did not.</summary>
    Wider = 2,

    /// <summary>Both, or it cannot be told.</summary>
    Unknown = Narrower | Wider,
}

/// <summary>A change in a schema, with what it means for either way that data may go.</summary>
/// <param name="Field">JSON pointer into the schema.</param>
/// <param name="Before">What stood there, shortened.</param>
/// <param name="After">What stands there, shortened.</param>
/// <param name="InRequests">What it means where callers send the data.</param>
/// <param name="InResponses">What it means where callers are given the data.</param>
/// <param name="Note">Why, where that is not plain.</param>
internal sealed record SchemaChange(string Field, string? Before, string? After, ChangeLevel InRequests, ChangeLevel InResponses, string? Note)
{
    public ChangeLevel In(bool requests) => requests ? InRequests : InResponses;
}

/// <summary>Where in two schemas a comparison stands.</summary>
/// <param name="Parent">The place around it; null at the root.</param>
/// <param name="Segment">What leads from there to here.</param>
internal sealed record SchemaPlace(SchemaPlace? Parent, string Segment)
{
    /// <summary>The schema in which references without a file name are looked up, before.</summary>
    public JsonTree? RootBefore { get; init; } = Parent?.RootBefore;

    public JsonTree? RootAfter { get; init; } = Parent?.RootAfter;

    /// <summary>Whether both roots are the same definition, so that what a local reference names is compared in its own place.</summary>
    public bool SameRoot { get; init; } = Parent?.SameRoot ?? false;

    /// <summary>Beneath a <c>not</c> what is narrower there is wider here.</summary>
    public bool Negated { get; init; } = Parent?.Negated ?? false;

    /// <summary>Beneath what is <c>readOnly</c> nothing is sent.</summary>
    public bool NeverSent { get; init; } = Parent?.NeverSent ?? false;

    /// <summary>Beneath what is <c>writeOnly</c> nothing is given.</summary>
    public bool NeverGiven { get; init; } = Parent?.NeverGiven ?? false;

    public SchemaPlace In(params ReadOnlySpan<string> segments)
    {
        var place = this;
        foreach (var segment in segments)
            place = new SchemaPlace(place, segment);
        return place;
    }

    /// <summary>The way from the root; what is in the middle of a very long one is left out.</summary>
    public string Pointer()
    {
        const int MostAtEitherEnd = 32;
        var segments = new List<string>();
        for (var place = this; place.Parent is not null; place = place.Parent)
            segments.Add("/" + JsonPointers.Escape(place.Segment));
        segments.Reverse();
        return segments.Count <= 2 * MostAtEitherEnd
            ? string.Concat(segments)
            : string.Concat(segments.Take(MostAtEitherEnd)) + "/…" + string.Concat(segments.TakeLast(MostAtEitherEnd));
    }
}

/// <summary>The syntax of JSON pointers (RFC 6901).</summary>
internal static class JsonPointers
{
    public static string Escape(string segment) =>
        segment.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal);

    public static string Of(params ReadOnlySpan<string> segments)
    {
        var pointer = new System.Text.StringBuilder();
        foreach (var segment in segments)
            pointer.Append('/').Append(Escape(segment));
        return pointer.ToString();
    }

    /// <summary>What a pointer in a URI fragment names, or null.</summary>
    public static JsonTree? Find(JsonTree root, string fragment)
    {
        if (fragment.Length == 0)
            return root;
        if (fragment[0] != '/')
            return null;
        var found = root;
        foreach (var segment in fragment[1..].Split('/'))
        {
            var name = Uri.UnescapeDataString(segment).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            found = found.Kind == System.Text.Json.JsonValueKind.Array
                ? int.TryParse(name, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var index) && index < found.Items.Count ? found.Items[index] : null
                : found.Find(name);
            if (found is null)
                return null;
        }

        return found;
    }
}
