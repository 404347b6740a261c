using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Patchbay.Functions;

/// <summary>What <c>authenticate</c> is called with.</summary>
public sealed class FunctionContext
{
    // Escapes for pages only cost room here.
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The credential's secret values by name. They are cut out of every failure.</summary>
    public IReadOnlyDictionary<string, string> Values { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The connection's variables by name.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>What the function returned last, for one that refreshes; null the first time. Cut out of failures, too.</summary>
    public FunctionAnswer? Previous { get; init; }

    /// <summary>Nothing of the content, which is secret.</summary>
    public override string ToString() => nameof(FunctionContext);

    internal string ToJson() => new JsonObject
    {
        ["values"] = Object(Values),
        ["variables"] = Object(Variables),
        ["previous"] = Previous?.ToNode(),
    }.ToJsonString(Plain);

    internal static JsonObject Object(IEnumerable<KeyValuePair<string, string>> members) =>
        new(members.Select(member => KeyValuePair.Create<string, JsonNode?>(member.Key, JsonValue.Create(member.Value))));
}

/// <summary>One run of a function.</summary>
/// <param name="Owner">Whose it is: runs of one owner wait for each other, not for those of others.</param>
/// <param name="Function">The function.</param>
/// <param name="Context">What it is called with.</param>
/// <param name="SendAsync">
/// Sends a request of the script; only those come here that are for a host of the function. It must go through the guard on outgoing
/// connections, follow no redirect, and read no more of the body than <see cref="FunctionLimits.BodyBytes"/> and one.
/// </param>
public sealed record FunctionRun(
    string Owner,
    FunctionDefinition Function,
    FunctionContext Context,
    Func<FunctionHttpRequest, CancellationToken, Task<FunctionHttpResponse>> SendAsync)
{
    /// <summary>The owner only.</summary>
    public override string ToString() => $"A run of {Owner}";
}
