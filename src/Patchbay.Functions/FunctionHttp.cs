using Patchbay.Protocols.Http;

namespace Patchbay.Functions;

/// <summary>A request of a script that passed the checks: host, method, headers, sizes.</summary>
/// <param name="Address">Where to, http or https, without user and fragment.</param>
/// <param name="Origin">Its scheme, host and port, which are on the function's list.</param>
/// <param name="Method">In upper case: GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS.</param>
/// <param name="Headers">Its headers: tokens as names, values of one line, none of those that belong to the connection.</param>
/// <param name="Body">Its body, or null.</param>
public sealed record FunctionHttpRequest(
    Uri Address, Origin Origin, string Method, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte>? Body)
{
    /// <summary>Method and place; paths and headers may hold secrets.</summary>
    public override string ToString() => $"{Method} {Origin}";
}

/// <summary>What a request of a script led to.</summary>
public sealed class FunctionHttpResponse
{
    private FunctionHttpResponse(string? failure, int status, IReadOnlyList<KeyValuePair<string, string>> headers, ReadOnlyMemory<byte> body)
    {
        Failure = failure;
        Status = status;
        Headers = headers;
        Body = body;
    }

    /// <summary>Why there is no response, as a sentence for the script and its author; null where there is one.</summary>
    public string? Failure { get; }

    /// <summary>The HTTP status.</summary>
    public int Status { get; }

    /// <summary>Its headers; of several lines of one name the script sees one, joined by commas.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; }

    /// <summary>Its body; the script gets it as text, read as UTF-8.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>A response.</summary>
    /// <param name="status">The HTTP status.</param>
    /// <param name="headers">Its headers.</param>
    /// <param name="body">Its body.</param>
    public static FunctionHttpResponse Of(int status, IReadOnlyList<KeyValuePair<string, string>> headers, ReadOnlyMemory<byte> body) =>
        new(failure: null, status, headers, body);

    /// <summary>No response: the script's <c>fetch</c> throws.</summary>
    /// <param name="reason">A sentence that repeats no secret.</param>
    public static FunctionHttpResponse Failed(string reason) => new(reason, status: 0, [], default);

    /// <summary>The status only.</summary>
    public override string ToString() => Failure ?? $"Status {Status}";
}
