namespace Patchbay.Protocols.Http;

/// <summary>Where the value of a placeholder comes from.</summary>
public enum TemplateScope
{
    /// <summary><c>{{name}}</c>: a connection variable, or else a parameter.</summary>
    Any,

    /// <summary><c>{{ conn.name }}</c> and <c>{{ .conn.name }}</c>: a connection variable.</summary>
    Connection,

    /// <summary><c>{{ param.name }}</c>: a parameter of the action.</summary>
    Parameter,
}

/// <summary>Where in a request a placeholder stands, which decides what its value may hold and how it is escaped.</summary>
public enum TemplatePlace
{
    /// <summary>At the start of a base URL that has no scheme of its own: an absolute http or https URL without query.</summary>
    Url,

    /// <summary><c>http</c> or <c>https</c>.</summary>
    Scheme,

    /// <summary>One or more DNS labels.</summary>
    Host,

    /// <summary>A number from 1 to 65535.</summary>
    Port,

    /// <summary>Anything, as one segment or part of one; neither empty nor a dot segment.</summary>
    Path,

    /// <summary>Anything, as a component of the query.</summary>
    Query,

    /// <summary>One line.</summary>
    Header,

    /// <summary>Anything: what it stands in is encoded afterwards.</summary>
    Text,
}

/// <summary>A placeholder of a template.</summary>
/// <param name="Scope">Where its value comes from.</param>
/// <param name="Name">The name of the value.</param>
/// <param name="Place">Where it stands.</param>
public sealed record TemplateReference(TemplateScope Scope, string Name, TemplatePlace Place);

/// <summary>What placeholders stand for.</summary>
/// <param name="connection">The connection variables.</param>
/// <param name="parameters">The parameters of an action, if any.</param>
/// <param name="encoded">Parameters that are in their form for a path or query already, delimiters between encoded values included.</param>
public sealed class TemplateValues(
    IReadOnlyDictionary<string, string> connection, IReadOnlyDictionary<string, string>? parameters = null, IReadOnlyDictionary<string, string>? encoded = null)
{
    /// <summary>No values, for templates without placeholders.</summary>
    public static TemplateValues None { get; } = new(new Dictionary<string, string>(StringComparer.Ordinal));

    /// <summary>The value of a parameter that is encoded already, where a connection variable does not come before it.</summary>
    internal string? FindEncoded(TemplateReference reference) =>
        encoded is not null && reference.Scope != TemplateScope.Connection && (reference.Scope == TemplateScope.Parameter || !connection.ContainsKey(reference.Name))
            ? encoded.GetValueOrDefault(reference.Name)
            : null;

    internal string? Find(TemplateReference reference)
    {
        if (reference.Scope != TemplateScope.Parameter && connection.TryGetValue(reference.Name, out var value)) return value;
        return reference.Scope != TemplateScope.Connection && parameters is not null && parameters.TryGetValue(reference.Name, out value) ? value : null;
    }
}
