using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Patchbay.Protocols.Incoming;

/// <summary>A request that came to us, as far as its verification looks at it. Not safe for concurrent use.</summary>
public sealed class IncomingRequest : IDisposable
{
    private const string FormType = "application/x-www-form-urlencoded";

    private static readonly JsonDocumentOptions JsonOptions = new() { MaxDepth = 64 };

    private JsonDocument? _json;
    private bool _parsed;
    private string? _form;
    private bool _formRead;

    /// <summary>The method as it came.</summary>
    public required string Method { get; init; }

    /// <summary>The origin under which the sender knows us, such as <c>https://patchbay.example.com</c>, with a path where that is not the root.</summary>
    public required string Root { get; init; }

    /// <summary>The raw path.</summary>
    public required string Path { get; init; }

    /// <summary>The raw query without its question mark; null where there is none.</summary>
    public string? Query { get; init; }

    /// <summary>A header's value as it came, a character for each byte, several joined by <c>", "</c>; null where there is none.</summary>
    public required Func<string, string?> Header { get; init; }

    /// <summary>The body's bytes.</summary>
    public required ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>What the client showed by mutual TLS; null for nothing.</summary>
    public X509Certificate2? ClientCertificate { get; init; }

    /// <summary>Path and query as they came.</summary>
    public string Target => Query is null ? Path : $"{Path}?{Query}";

    /// <summary>The whole URL as the sender knows it.</summary>
    public string Url => Root + Target;

    /// <summary>Whether the body is a form.</summary>
    public bool IsForm => Header("Content-Type") is { } type && type.AsSpan().TrimStart().StartsWith(FormType, StringComparison.OrdinalIgnoreCase);

    /// <summary>The body as JSON, whatever it says that it is; null where it is none.</summary>
    public JsonElement? Json
    {
        get
        {
            if (!_parsed)
            {
                _parsed = true;
                try
                {
                    _json = Body.IsEmpty ? null : JsonDocument.Parse(Body, JsonOptions);
                }
                catch (JsonException)
                {
                    // It is something else.
                }
            }

            return _json?.RootElement;
        }
    }

    /// <summary>The body as the text of a form; null where it is none.</summary>
    public string? Form
    {
        get
        {
            if (!_formRead)
            {
                _formRead = true;
                _form = IsForm ? FormText.OfBody(Body.Span) : null;
            }

            return _form;
        }
    }

    /// <summary>A query parameter's value; null where there is none or several.</summary>
    /// <param name="name">Its name, not encoded.</param>
    public string? QueryValue(string name) => FormText.Single(Query, name);

    /// <summary>A cookie's value; null where there is none or several.</summary>
    /// <param name="name">Its name.</param>
    public string? Cookie(string name)
    {
        string? found = null;
        foreach (var part in (Header("Cookie") ?? string.Empty).Split(';', StringSplitOptions.TrimEntries))
        {
            if (!part.StartsWith(name, StringComparison.Ordinal) || part.Length <= name.Length || part[name.Length] != '=') continue;
            if (found is not null) return null;
            found = part[(name.Length + 1)..];
        }

        return found;
    }

    /// <summary>What stands in a place for proofs.</summary>
    /// <param name="place">The place.</param>
    /// <param name="name">The name.</param>
    internal string? At(Http.CredentialPlace place, string name) => place switch
    {
        Http.CredentialPlace.Query => FormText.Single(Query, name),
        Http.CredentialPlace.Cookie => Cookie(name),
        _ => Header(name),
    };

    /// <inheritdoc/>
    public void Dispose() => _json?.Dispose();

    /// <summary>The method; never what came.</summary>
    public override string ToString() => Method;
}
