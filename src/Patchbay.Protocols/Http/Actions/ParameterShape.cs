namespace Patchbay.Protocols.Http.Actions;

/// <summary>Where in a request a parameter stands.</summary>
public enum ParameterPlace
{
    /// <summary>In the path, by a placeholder.</summary>
    Path,

    /// <summary>In the query.</summary>
    Query,

    /// <summary>A header.</summary>
    Header,

    /// <summary>A cookie.</summary>
    Cookie,
}

/// <summary>How lists and objects are written (OpenAPI 3.1, "Style Values").</summary>
public enum ParameterStyle
{
    /// <summary><c>a,b</c> (RFC 6570, 3.2.2).</summary>
    Simple,

    /// <summary><c>.a,b</c> (RFC 6570, 3.2.5).</summary>
    Label,

    /// <summary><c>;name=a,b</c> (RFC 6570, 3.2.7).</summary>
    Matrix,

    /// <summary><c>name=a,b</c> (RFC 6570, 3.2.8).</summary>
    Form,

    /// <summary><c>name=a%20b</c>.</summary>
    SpaceDelimited,

    /// <summary><c>name=a%7Cb</c>.</summary>
    PipeDelimited,

    /// <summary><c>name[key]=a</c>.</summary>
    DeepObject,
}

/// <summary>How the values of one parameter are written.</summary>
public sealed record ParameterShape
{
    private ParameterShape(string name, ParameterPlace place, ParameterStyle style, bool explode)
    {
        Name = name;
        Place = place;
        Style = style;
        Explode = explode;
    }

    /// <summary>The name as sent, not encoded.</summary>
    public string Name { get; }

    /// <summary>Where it stands.</summary>
    public ParameterPlace Place { get; }

    /// <summary>How lists and objects are written.</summary>
    public ParameterStyle Style { get; }

    /// <summary>Whether each item and member is written by itself.</summary>
    public bool Explode { get; }

    /// <summary>Whether reserved characters stay as they are, where they change nothing about the query.</summary>
    public bool AllowReserved { get; init; }

    /// <summary>Whether an empty list or object is written as an empty value, in a query or cookie; else it is not written at all.</summary>
    public bool WritesEmpty { get; init; }

    /// <summary>The media type of the document that the value is written as; null for none.</summary>
    public string? MediaType { get; init; }

    /// <summary>Makes a shape.</summary>
    /// <param name="name">The name as sent.</param>
    /// <param name="place">Where it stands.</param>
    /// <param name="style">OpenAPI's word; null for the default of the place. A word that the place does not know is as good as none.</param>
    /// <param name="explode">Null for the default of the style.</param>
    public static ParameterShape Of(string name, ParameterPlace place, string? style = null, bool? explode = null)
    {
        var usual = place is ParameterPlace.Query or ParameterPlace.Cookie ? ParameterStyle.Form : ParameterStyle.Simple;
        var meant = StyleOf(style, place) ?? usual;
        return new ParameterShape(name, place, meant, explode ?? meant == ParameterStyle.Form);
    }

    private static ParameterStyle? StyleOf(string? word, ParameterPlace place) => (word, place) switch
    {
        ("simple", ParameterPlace.Path or ParameterPlace.Header) => ParameterStyle.Simple,
        ("label", ParameterPlace.Path) => ParameterStyle.Label,
        ("matrix", ParameterPlace.Path) => ParameterStyle.Matrix,
        ("form", ParameterPlace.Query or ParameterPlace.Cookie) => ParameterStyle.Form,
        ("spaceDelimited", ParameterPlace.Query) => ParameterStyle.SpaceDelimited,
        ("pipeDelimited", ParameterPlace.Query) => ParameterStyle.PipeDelimited,
        ("deepObject", ParameterPlace.Query) => ParameterStyle.DeepObject,
        _ => null,
    };
}
