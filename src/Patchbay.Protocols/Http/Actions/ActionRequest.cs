using System.Collections.Frozen;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Patchbay.Protocols.Http.Actions;

/// <summary>A parameter with its value.</summary>
/// <param name="Shape">How it is written.</param>
/// <param name="Value">The value.</param>
public sealed record ParameterValue(ParameterShape Shape, JsonElement Value);

/// <summary>
/// One request of an action, made of parameters and a body and not bound for a place yet. It can be sent any number of times, each time as a
/// message of its own.
/// </summary>
public sealed class ActionRequest
{
    // They say where a message goes and where it ends: whoever sets them speaks for the connection, not for the request.
    private static readonly FrozenSet<string> OfConnection = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade", "TE", "Trailer", "Expect", "HTTP2-Settings");

    private readonly HttpMethod _method;
    private readonly List<(string Name, string Value)> _headers = [];
    private readonly List<(string Name, string Value)> _cookies = [];

    private ActionRequest(string method, string remainder)
    {
        _method = new HttpMethod(method);
        Remainder = remainder;
    }

    /// <summary>What follows the base URL: path and query in their form for the wire.</summary>
    public string Remainder { get; }

    /// <summary>The method in upper case.</summary>
    public string Method => _method.Method;

    /// <summary>The body; null for none, and for one that streams.</summary>
    public WrittenBody? Body { get; private init; }

    /// <summary>Whether a second sending does what one does (RFC 9110, 9.2.2).</summary>
    public bool IsIdempotent => Method is "GET" or "HEAD" or "OPTIONS" or "PUT" or "DELETE" or "QUERY";

    /// <summary>Makes a request.</summary>
    /// <param name="method">The method in upper case.</param>
    /// <param name="path">The action's path.</param>
    /// <param name="parameters">The parameters that have a value, in their order.</param>
    /// <param name="connection">The connection variables.</param>
    /// <param name="body">The body, or null.</param>
    /// <param name="accept">What answers are asked for, unless a parameter says it.</param>
    /// <returns>The request, or every parameter that cannot be sent; the subject is its name.</returns>
    public static Outcome<ActionRequest> Create(
        string method, PathTemplate path, IReadOnlyList<ParameterValue> parameters, IReadOnlyDictionary<string, string> connection, WrittenBody? body, string accept)
    {
        var faults = new List<Fault>();
        var inPath = new Dictionary<string, string>(StringComparer.Ordinal);
        var query = new List<string>();
        foreach (var (shape, value) in parameters)
        {
            if (shape.Place == ParameterPlace.Path) inPath[shape.Name] = ParameterText.InPath(shape, value);
            else if (shape.Place == ParameterPlace.Query) query.AddRange(ParameterText.InQuery(shape, value));
        }

        if (!path.Expand(new TemplateValues(connection, parameters: null, inPath)).TryGet(out var remainder, out var unfit)) faults.AddRange(unfit);
        else if (query.Count > 0) remainder = $"{remainder}{(remainder.Contains('?', StringComparison.Ordinal) ? '&' : '?')}{string.Join('&', query)}";
        if (remainder?.Length > UrlText.MaxLength) faults.Add(new Fault(FaultKind.TooLong, string.Empty, "Path and query are too long."));

        var request = new ActionRequest(method, remainder ?? string.Empty) { Body = body };
        foreach (var parameter in parameters)
        {
            if (parameter.Shape.Place == ParameterPlace.Header) request.AddHeader(parameter, faults);
            else if (parameter.Shape.Place == ParameterPlace.Cookie) request.AddCookies(parameter, faults);
        }

        request.AddUnlessSet("Accept", accept);
        request.AddUnlessSet("User-Agent", "Patchbay");
        return faults.Count == 0 ? Outcome.Of(request) : Outcome.Of<ActionRequest>(faults);
    }

    /// <summary>Whether a header may be a parameter of an action.</summary>
    /// <param name="name">The header's name.</param>
    /// <returns>What keeps it from being sent, or null.</returns>
    public static string? WhyNoHeader(string name)
    {
        if (!HeaderText.IsToken(name)) return "is not the name of a header";
        return OfConnection.Contains(name) || name.StartsWith("Proxy-", StringComparison.OrdinalIgnoreCase)
            ? "is a header that belongs to the connection to the API and cannot be given"
            : null;
    }

    /// <summary>Whether a header says what the body is.</summary>
    /// <param name="name">The header's name.</param>
    public static bool IsContentType(string name) => name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase);

    /// <summary>Makes a message for one sending.</summary>
    /// <param name="target">Where it goes.</param>
    /// <param name="content">A body that streams, or null.</param>
    /// <param name="isUnpacked">Whether the answer's body has to come as it is, not compressed.</param>
    /// <returns>The message, to which credentials are yet to be applied.</returns>
    public OutgoingRequest ToMessage(RawTarget target, HttpContent? content = null, bool isUnpacked = false)
    {
        var stated = _headers.FirstOrDefault(header => IsContentType(header.Name)).Value;
        var streams = content is not null;
        content ??= Body?.ToContent() ?? (stated is null ? null : new ByteArrayContent([]));
        var message = new HttpRequestMessage(_method, (Uri?)null)
        {
            Content = content,
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        foreach (var (name, value) in _headers)
        {
            if (message.Headers.TryAddWithoutValidation(name, value) || message.Content is null || (streams && IsContentType(name))) continue;
            message.Content.Headers.Remove(name);
            message.Content.Headers.TryAddWithoutValidation(name, value);
        }

        message.Headers.TryAddWithoutValidation("Accept-Encoding", isUnpacked ? "identity" : "gzip, br, deflate");
        var outgoing = new OutgoingRequest(message, target)
        {
            Body = Body?.Bytes ?? (content is ByteArrayContent ? ReadOnlyMemory<byte>.Empty : null),
        };
        foreach (var (name, value) in _cookies) outgoing.AddCookie(name, value);
        return outgoing;
    }

    private void AddHeader(ParameterValue parameter, List<Fault> faults)
    {
        var name = parameter.Shape.Name;
        var value = ParameterText.InHeader(parameter.Shape, parameter.Value);
        if (WhyNoHeader(name) is { } why) faults.Add(new Fault(FaultKind.UnfitValue, name, why));
        else if (!HeaderText.IsOneLine(value)) faults.Add(new Fault(FaultKind.UnfitValue, name, "has a line break or another control character in it, which a header must not"));
        else if (value.Length > UrlText.MaxLength) faults.Add(new Fault(FaultKind.TooLong, name, "is too long for a header"));
        else if (IsContentType(name) && !(MediaTypeHeaderValue.TryParse(value, out _) && !MediaTypes.IsRange(value))) faults.Add(new Fault(FaultKind.UnfitValue, name, "must be a media type, such as application/json"));
        else if (IsContentType(name) && Body is not null)
        {
            // What the body was held against is what it is called, with the character set that it is written in.
            if (MediaTypes.Essence(value) != MediaTypes.Essence(Body.ContentType)) faults.Add(new Fault(FaultKind.UnfitValue, name, $"differs from what the body is: {MediaTypes.Essence(Body.ContentType)}"));
        }
        else if (!name.Equals("Accept-Encoding", StringComparison.OrdinalIgnoreCase)) _headers.Add((name, HeaderText.ToWire(value).Trim(' ', '\t')));
    }

    private void AddCookies(ParameterValue parameter, List<Fault> faults)
    {
        foreach (var (name, value) in ParameterText.InCookie(parameter.Shape, parameter.Value))
        {
            if (!HeaderText.IsToken(name)) faults.Add(new Fault(FaultKind.UnfitValue, parameter.Shape.Name, "is not the name of a cookie"));
            else _cookies.Add((name, value));
        }
    }

    private void AddUnlessSet(string name, string value)
    {
        if (!_headers.Exists(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase))) _headers.Add((name, value));
    }
}
