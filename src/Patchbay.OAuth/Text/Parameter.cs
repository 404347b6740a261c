namespace Patchbay.OAuth.Text;

/// <summary>A parameter of a request, not encoded.</summary>
internal readonly record struct Parameter(string Name, string Value)
{
    /// <summary>The name, never the value: it may be a secret.</summary>
    public override string ToString() => Name;
}
