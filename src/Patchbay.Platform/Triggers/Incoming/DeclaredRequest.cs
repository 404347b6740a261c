using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Patchbay.Importing.Contents;
using Patchbay.Platform.Definitions.Checking;
using Patchbay.Platform.Events;
using Patchbay.Protocols.Http;
using Patchbay.Protocols.Http.Actions;
using Patchbay.Protocols.Incoming;

namespace Patchbay.Platform.Triggers.Incoming;

/// <summary>What a trigger declares of its requests, to be held against one that came.</summary>
/// <param name="trigger">The trigger.</param>
/// <param name="definitions">The definitions of its version, those of its bodies loaded; null where it refers to none.</param>
internal sealed class DeclaredRequest(TriggerContent trigger, VersionSchemas? definitions)
{
    private const int MostFaults = 50;

    /// <summary>Where a request is not what the trigger declares.</summary>
    public IReadOnlyList<EventFault> FaultsOf(IncomingRequest request)
    {
        List<EventFault>? faults = null;
        foreach (var parameter in trigger.Parameters)
        {
            if (FaultOf(parameter, request) is { } message)
                Add($"{parameter.In}.{parameter.Name}", message);
        }

        if (trigger.RequestBody is { } body)
            CheckBody(body, request, Add);
        return faults ?? (IReadOnlyList<EventFault>)[];

        void Add(string field, string message)
        {
            faults ??= [];
            if (faults.Count < MostFaults)
                faults.Add(new EventFault(field.Length > 200 ? field[..200] + "…" : field, message));
        }
    }

    private static string? FaultOf(ParameterContent parameter, IncomingRequest request)
    {
        var (there, value) = parameter.In switch
        {
            "query" => (RawQuery.Has(request.Query, parameter.Name), request.QueryValue(parameter.Name)),
            "cookie" => Found(request.Cookie(parameter.Name)),
            _ => Found(request.Header(parameter.Name)),
        };
        if (!there)
        {
            // An object or array may be spread over parameters of other names.
            return parameter is { Required: true, Schema: null } ? "is required" : null;
        }

        // What has a schema may be written in many ways; the scalar types have one.
        return value is null || parameter.Schema is not null || IsOf(parameter.Type, value) ? null : $"must be {(parameter.Type == "boolean" ? "true or false" : $"of the type {parameter.Type}")}";

        static (bool There, string? Value) Found(string? value) => (value is not null, value);
    }

    private static bool IsOf(string type, string value) => type switch
    {
        "integer" => System.Numerics.BigInteger.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
        "number" => double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out _),
        "boolean" => value is "true" or "false",
        _ => true,
    };

    private void CheckBody(BodyContent body, IncomingRequest request, Action<string, string> add)
    {
        if (request.Body.IsEmpty)
        {
            if (body.Required)
                add("body", "is required");
            return;
        }

        if (body.Definitions.Count == 0)
            return;
        var sent = request.Header("Content-Type");
        if (!MediaTypeHeaderValue.TryParse(sent, out var parsed) || parsed.MediaType is not { } type || body.Definitions.For(type) is not { } link)
        {
            add("header.Content-Type", $"must be one of {string.Join(", ", body.Definitions.SelectMany(d => d.MediaTypes).Distinct(StringComparer.OrdinalIgnoreCase).Take(20))}");
            return;
        }

        if (definitions?.IsXml(link.Definition) == true)
        {
            foreach (var fault in definitions.Sent.CheckXml(link.Definition, TextOf(request.Body.Span, parsed.CharSet), "body"))
                add(fault.Field, fault.Message);
            return;
        }

        if (!MediaTypes.IsJson(type))
            return;
        if (request.Json is not { } json)
        {
            add("body", "is no JSON");
            return;
        }

        foreach (var fault in definitions?.Sent.Check(link.Definition, json, "body") ?? [])
            add(fault.Field, fault.Message);
    }

    /// <summary>What a body says, in the encoding that its type names; in UTF-8 where it names none that there is.</summary>
    private static string TextOf(ReadOnlySpan<byte> body, string? charset)
    {
        try
        {
            return (charset is null ? Encoding.UTF8 : Encoding.GetEncoding(charset.Trim('"'))).GetString(body).TrimStart('\uFEFF');
        }
        catch (ArgumentException)
        {
            return Encoding.UTF8.GetString(body);
        }
    }
}
