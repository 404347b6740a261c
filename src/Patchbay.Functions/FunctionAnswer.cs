using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;
using Patchbay.Protocols;
using Patchbay.Protocols.Http;

namespace Patchbay.Functions;

/// <summary>A token that a function obtained.</summary>
/// <param name="AccessToken">The token: one line.</param>
/// <param name="ExpiresIn">How long it is good for, from when the function returned; null where it did not say.</param>
public sealed record FunctionToken(string AccessToken, TimeSpan? ExpiresIn)
{
    /// <summary>Never the token.</summary>
    public override string ToString() => nameof(FunctionToken);
}

/// <summary>What a function returned, checked: it can be put on requests as it is. All of it is secret.</summary>
public sealed class FunctionAnswer
{
    internal FunctionAnswer(
        IReadOnlyDictionary<string, string> headers,
        IReadOnlyDictionary<string, string> query,
        FunctionToken? token,
        IReadOnlyDictionary<string, string> variables,
        IReadOnlyList<IRequestCredential> credentials)
    {
        Headers = headers;
        Query = query;
        Token = token;
        Variables = variables;
        Credentials = credentials;
    }

    /// <summary>Headers for each request.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; }

    /// <summary>Query parameters for each request, not encoded.</summary>
    public IReadOnlyDictionary<string, string> Query { get; }

    /// <summary>A token, or null.</summary>
    public FunctionToken? Token { get; }

    /// <summary>Variables for the connection, such as the tenant's own host.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; }

    /// <summary>What goes on each request: the headers, the parameters, and the token as <c>Authorization: Bearer</c> where no such header is among them.</summary>
    public IReadOnlyList<IRequestCredential> Credentials { get; }

    /// <summary>Reads an answer that was kept as JSON.</summary>
    /// <param name="json">What <see cref="ToJson"/> gave, or a script returned.</param>
    /// <param name="answer">The answer, or null.</param>
    /// <param name="faults">Everything that is wrong; subjects are paths such as <c>headers.Host</c>. They repeat no value.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryRead(ReadOnlySpan<byte> json, [NotNullWhen(true)] out FunctionAnswer? answer, out IReadOnlyList<Fault> faults) =>
        FunctionAnswerReader.TryRead(json, out answer, out faults);

    /// <summary>The answer as JSON, to be kept as a secret until the next run.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(ToNode());

    /// <summary>Nothing of the content, which is secret.</summary>
    public override string ToString() => nameof(FunctionAnswer);

    internal JsonObject ToNode()
    {
        var node = new JsonObject();
        if (Headers.Count > 0) node["headers"] = FunctionContext.Object(Headers);
        if (Query.Count > 0) node["query"] = FunctionContext.Object(Query);
        if (Token is { } token)
        {
            var written = new JsonObject { ["accessToken"] = token.AccessToken };
            if (token.ExpiresIn is { } expiresIn) written["expiresIn"] = expiresIn.TotalSeconds;
            node["token"] = written;
        }

        if (Variables.Count > 0) node["variables"] = FunctionContext.Object(Variables);
        return node;
    }

    /// <summary>Every text that is secret in it.</summary>
    internal IEnumerable<string> Secrets() => [.. Headers.Values, .. Query.Values, .. Token is null ? (string[])[] : [Token.AccessToken], .. Variables.Values];
}
