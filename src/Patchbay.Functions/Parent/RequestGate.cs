using System.Collections.Frozen;
using System.Text;
using Patchbay.Functions.Wire;
using Patchbay.Protocols.Http;

namespace Patchbay.Functions.Parent;

/// <summary>What is to be done about a call of <c>fetch</c>: exactly one is set.</summary>
/// <param name="Request">It may be sent.</param>
/// <param name="Error">The script is told why not, and goes on.</param>
/// <param name="Failure">The run ends.</param>
internal readonly record struct GateDecision(FunctionHttpRequest? Request, string? Error, FunctionFailure? Failure);

/// <summary>Checks the requests of one run. They come out of a hostile process, whatever the script engine there would have made of them.</summary>
internal sealed class RequestGate(FunctionDefinition function, FunctionLimits limits, SecretText secrets)
{
    private const int LongestAddress = 8 * 1024;
    private const int MostHeaders = 64;
    private const int LongestHeader = 16 * 1024;

    private static readonly FrozenSet<string> Methods = FrozenSet.Create(StringComparer.Ordinal, "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

    private int _count;

    /// <summary>Checks one request.</summary>
    public GateDecision Check(RequestMessage message)
    {
        if (++_count > limits.Requests) return new(Request: null, Error: null, new FunctionFailure.TooManyRequests(limits.Requests));
        if (message.Url.Length > LongestAddress || !Uri.TryCreate(message.Url, UriKind.Absolute, out var address) || Origin.Of(address) is not { } origin)
            return Refuse("The address is no absolute http or https URL.");
        if (address.UserInfo.Length > 0) return Refuse("The address has a user in it; send it in a header.");
        if (!function.MayReach(origin)) return new(Request: null, Error: null, new FunctionFailure.HostNotAllowed(secrets.Clean(origin.ToString())));
        if (!Methods.Contains(message.Method)) return Refuse("There is no such method.");

        var headers = message.Headers ?? FrozenDictionary<string, string>.Empty;
        if (headers.Count > MostHeaders) return Refuse("There are too many headers.");
        foreach (var (name, value) in headers)
        {
            if (value is null || !HeaderText.IsToken(name) || !HeaderText.IsOneLine(value) || name.Length + value.Length > LongestHeader)
                return Refuse("A header has a name or value that no header has.");
            if (ScriptHeaders.BelongsToConnection(name)) return Refuse($"The header {name} belongs to the connection.");
        }

        var body = message.Body is { } text ? Encoding.UTF8.GetBytes(text) : null;
        if (body?.Length > limits.BodyBytes) return Refuse($"The body has more than {limits.BodyBytes} bytes.");
        if (body is not null && message.Method is "GET" or "HEAD") return Refuse("GET and HEAD have no body.");
        return new(new FunctionHttpRequest(address, origin, message.Method, [.. headers], body), Error: null, Failure: null);
    }

    private static GateDecision Refuse(string error) => new(Request: null, error, Failure: null);
}
