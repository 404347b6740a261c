using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Patchbay.ServerTests.Hosting;

/// <summary>An answer of the server, read whole.</summary>
/// <param name="Request">The method and path that it answers, for messages.</param>
/// <param name="Status">The status code.</param>
/// <param name="Headers">Every header, lists joined by a comma.</param>
/// <param name="Bytes">The body.</param>
public sealed record Answer(string Request, int Status, IReadOnlyDictionary<string, string> Headers, byte[] Bytes)
{
    public string Text { get; } = Encoding.UTF8.GetString(Bytes);

    public JsonNode Json => JsonNode.Parse(Text) ?? throw new InvalidOperationException($"{this}: the body is the JSON null");

    /// <summary>The member <c>id</c>.</summary>
    public string Id => this["id"].GetValue<string>();

    public string Code => this["code"].GetValue<string>();

    public JsonNode this[string member] => Json[member] ?? throw new InvalidOperationException($"{this}: there is no member {member}");

    /// <summary>Fails with the whole answer unless it has the status.</summary>
    public Answer Expect(int status)
    {
        Assert.True(Status == status, $"expected {status}: {this}");
        return this;
    }

    /// <summary>Fails with the whole answer unless it has one of the statuses.</summary>
    public Answer ExpectOneOf(params int[] statuses)
    {
        Assert.True(statuses.Contains(Status), $"expected one of {string.Join(", ", statuses)}: {this}");
        return this;
    }

    /// <summary>Fails unless the answer is an error in the contract's shape, with this status, code and at least these faulty fields.</summary>
    public Answer ExpectError(int status, string code, params string[] fields)
    {
        Expect(status);
        var error = ExpectErrorShape();
        Assert.True(error.Code == code, $"expected the code {code}: {this}");
        foreach (var field in fields)
            Assert.True(error.Fields.Contains(field, StringComparer.Ordinal), $"expected a fault of {field}: {this}");
        return this;
    }

    /// <summary>Fails unless the body is an error in the contract's shape.</summary>
    public (string Code, string Message, IReadOnlyList<string> Fields) ExpectErrorShape()
    {
        Assert.True(Headers.TryGetValue("Content-Type", out var type) && type.StartsWith("application/json", StringComparison.Ordinal), $"an error is JSON: {this}");
        JsonObject error;
        try
        {
            error = JsonNode.Parse(Text)!.AsObject();
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidOperationException($"an error is a JSON object: {this}", e);
        }

        var code = error["code"]?.GetValue<string>() ?? "";
        Assert.True(code.Length > 0 && code.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '_'), $"a code is snake_case: {this}");
        var message = error["message"]?.GetValue<string>() ?? "";
        Assert.True(message.Length > 0, $"an error has a message: {this}");
        Assert.DoesNotContain("   at ", Text, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", Text, StringComparison.Ordinal);
        var fields = (error["fields"]?.AsArray() ?? []).Select(f =>
        {
            Assert.True(f!["message"]?.GetValue<string>().Length > 0, $"a faulty field has a message: {this}");
            return f["field"]!.GetValue<string>();
        }).ToList();
        return (code, message, fields);
    }

    public override string ToString() => $"{Request} answered {Status}: {(Text.Length > 2000 ? Text[..2000] + "…" : Text)}";
}
