using System.Text.Json.Nodes;
using Patchbay.Importing.Archives;
using Patchbay.Importing.Contents;

namespace Patchbay.Importing;

/// <summary>What an importer made of a description.</summary>
/// <param name="Connector">The connector, or null when the description has no reading; then a message of severity error says why and where.</param>
/// <param name="Messages">Everything that was approximated, left out or mended, and what stopped the import.</param>
public sealed record ImportResult(ImportedConnector? Connector, IReadOnlyList<ImportMessage> Messages)
{
    /// <summary>The same in numbers, by kinds of parts; null when there is no connector.</summary>
    public FidelityReport? Report { get; init; }
}

/// <summary>A connector as an importer found it.</summary>
public sealed record ImportedConnector
{
    /// <summary>The name of the API; never empty.</summary>
    public required string Name { get; init; }

    /// <summary>The version name, cleaned to 1 to 64 characters without <c>/</c> or control characters; <c>1</c> where the source has none.</summary>
    public required string Version { get; init; }

    /// <summary>What the source says of itself.</summary>
    public string? Description { get; init; }

    /// <summary>The base URL, without a trailing slash; server variables are <c>{{ conn.name }}</c>. Empty where the source has no server.</summary>
    public required string BaseUrl { get; init; }

    /// <summary>A link to the API's documentation.</summary>
    public string? DocumentationUrl { get; init; }

    /// <summary>Connection variables and their default values.</summary>
    public IReadOnlyList<ImportedVariable> Variables { get; init; } = [];

    /// <summary>The security schemes that could be read, in source order.</summary>
    public IReadOnlyList<ImportedAuthScheme> AuthSchemes { get; init; } = [];

    /// <summary>The actions, triggers and definitions.</summary>
    public required ConnectorContents Contents { get; init; }

    /// <summary>Facts of the source that no field above holds (contact, licence, tags, default security, extensions), kept as they stood.</summary>
    public JsonObject? Source { get; init; }

    /// <summary>The archive of Patchbay that it was read from, which says more of the connector; null for descriptions.</summary>
    public ConnectorArchive? Archived { get; init; }
}

/// <summary>A connection variable that a base URL needs.</summary>
/// <param name="Name">The name as it stands in the template.</param>
/// <param name="Value">The default value; may be empty.</param>
public sealed record ImportedVariable(string Name, string Value);

/// <summary>A security scheme of the source.</summary>
/// <param name="SourceName">Its name in the source, by which a later import finds it again.</param>
/// <param name="Description">What the source says of it.</param>
public abstract record ImportedAuthScheme(string SourceName, string? Description);

/// <summary>A key that is sent in a header, the query or a cookie. A bearer token is one in the header <c>Authorization</c>.</summary>
/// <param name="SourceName">Its name in the source.</param>
/// <param name="Description">What the source says of it.</param>
/// <param name="In"><c>header</c>, <c>query</c> or <c>cookie</c>.</param>
/// <param name="Name">The name of the header, parameter or cookie.</param>
public sealed record ImportedApiKey(string SourceName, string? Description, string In, string Name)
    : ImportedAuthScheme(SourceName, Description);

/// <summary>HTTP Basic (RFC 7617).</summary>
/// <param name="SourceName">Its name in the source.</param>
/// <param name="Description">What the source says of it.</param>
public sealed record ImportedBasicAuth(string SourceName, string? Description) : ImportedAuthScheme(SourceName, Description);

/// <summary>One grant of an OAuth 2.0 scheme (RFC 6749). A source scheme with several flows gives one of these for each.</summary>
/// <param name="SourceName">Its name in the source.</param>
/// <param name="Description">What the source says of it.</param>
/// <param name="GrantType"><c>authorization_code</c>, <c>client_credentials</c> or <c>password</c>.</param>
/// <param name="AuthorizeUrl">Absolute, or empty where the grant has none.</param>
/// <param name="TokenUrl">Absolute, or empty where the source leaves it out.</param>
/// <param name="RefreshUrl">Absolute, or null.</param>
/// <param name="Scopes">Scope names and what the source says of them.</param>
public sealed record ImportedOAuth2(
    string SourceName,
    string? Description,
    string GrantType,
    string AuthorizeUrl,
    string TokenUrl,
    string? RefreshUrl,
    IReadOnlyList<KeyValuePair<string, string>> Scopes) : ImportedAuthScheme(SourceName, Description);

/// <summary>How much a message matters.</summary>
public enum ImportSeverity
{
    /// <summary>Worth knowing; nothing was lost.</summary>
    Info,

    /// <summary>Something was approximated, mended or left out.</summary>
    Warning,

    /// <summary>The description has no reading here; nothing was imported.</summary>
    Error,
}

/// <summary>A remark of an importer, with where it stood in the source.</summary>
/// <param name="Severity">How much it matters.</param>
/// <param name="Text">What is wrong and what was done about it.</param>
/// <param name="Pointer">JSON pointer (RFC 6901) into the source document; empty for the whole.</param>
/// <param name="Line">Line in the source, from 1; 0 where unknown.</param>
/// <param name="Column">Column in the source, from 1; 0 where unknown.</param>
/// <param name="Detail">Further lines, such as each single place of a remark that was folded.</param>
public sealed record ImportMessage(
    ImportSeverity Severity,
    string Text,
    string Pointer,
    int Line,
    int Column,
    IReadOnlyList<string>? Detail = null)
{
    /// <summary>Which document it stood in, relative to the description; null for the description itself.</summary>
    public string? Document { get; init; }
}
