using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Patchbay.Protocols;
using Patchbay.Protocols.Http;

namespace Patchbay.Functions;

/// <summary>Checks what a script returned. It may be anything; what is wrong is listed in full, by names, never by values.</summary>
internal sealed class FunctionAnswerReader
{
    public const int MostMembers = 64;
    private const int LongestName = 256;
    private const int LongestValue = 16 * 1024;
    private const int MostFaults = 20;
    private const double LongestLife = 10 * 365 * 86400.0;
    private const string Authorization = "Authorization";

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    private readonly List<Fault> _faults = [];
    private readonly List<IRequestCredential> _credentials = [];

    public static bool TryRead(ReadOnlySpan<byte> json, [NotNullWhen(true)] out FunctionAnswer? answer, out IReadOnlyList<Fault> faults)
    {
        var reader = new FunctionAnswerReader();
        answer = reader.Read(json);
        faults = reader._faults;
        return answer is not null;
    }

    private FunctionAnswer? Read(ReadOnlySpan<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json.ToArray(), Strict);
            return Read(document.RootElement);
        }
        catch (JsonException)
        {
            Add(FaultKind.Malformed, "result", "It is no JSON, has a name twice, or is nested too deeply.");
        }
        catch (InvalidOperationException)
        {
            // Where a name or text is read: an escaped surrogate stands without its other half.
            Add(FaultKind.Malformed, "result", "There is half a character in it.");
        }

        return null;
    }

    private FunctionAnswer? Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            Add(FaultKind.Malformed, "result", "It is no object.");
            return null;
        }

        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var query = new Dictionary<string, string>(StringComparer.Ordinal);
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        FunctionToken? token = null;
        foreach (var member in root.EnumerateObject())
        {
            switch (member.Name)
            {
                case "headers": ReadTexts(member, headers, ReadHeader); break;
                case "query": ReadTexts(member, query, ReadParameter); break;
                case "variables": ReadTexts(member, variables, ReadVariable); break;
                case "token": token = ReadToken(member.Value); break;
                default: Add(FaultKind.Malformed, Shown(member.Name), "There is no such member."); break;
            }
        }

        if (token is not null && !headers.ContainsKey(Authorization)) AddCredential("token.accessToken", HeaderCredential.Create(Authorization, $"Bearer {token.AccessToken}"));
        return _faults.Count == 0 ? new FunctionAnswer(headers, query, token, variables, _credentials) : null;
    }

    private void ReadTexts(JsonProperty group, Dictionary<string, string> texts, Action<string, string, string> check)
    {
        if (group.Value.ValueKind != JsonValueKind.Object)
        {
            Add(FaultKind.Malformed, group.Name, "It is no object.");
            return;
        }

        if (group.Value.GetPropertyCount() > MostMembers)
        {
            Add(FaultKind.TooLong, group.Name, $"It has more than {MostMembers} members.");
            return;
        }

        foreach (var member in group.Value.EnumerateObject())
        {
            var path = $"{group.Name}.{Shown(member.Name)}";
            if (member.Name.Length is 0 or > LongestName) Add(FaultKind.TooLong, path, $"A name has 1 to {LongestName} characters.");
            else if (member.Value.ValueKind != JsonValueKind.String) Add(FaultKind.Malformed, path, "The value is no text.");
            else if (member.Value.GetString()! is var text && text.Length > LongestValue) Add(FaultKind.TooLong, path, $"The value has more than {LongestValue} characters.");
            else if (!texts.TryAdd(member.Name, text)) Add(FaultKind.Malformed, path, "The name is there twice.");
            else check(path, member.Name, text);
        }
    }

    private void ReadHeader(string path, string name, string value)
    {
        if (ScriptHeaders.BelongsToConnection(name)) Add(FaultKind.UnfitValue, path, "This header belongs to the connection.");
        else AddCredential(path, HeaderCredential.Create(name, value));
    }

    private void ReadParameter(string path, string name, string value)
    {
        if (name.Any(char.IsControl) || value.Any(char.IsControl)) Add(FaultKind.UnfitValue, path, "There is a control character in it.");
        else AddCredential(path, QueryCredential.Create(name, value));
    }

    private void ReadVariable(string path, string name, string value)
    {
        if (name.Any(char.IsControl) || value.Any(char.IsControl)) Add(FaultKind.UnfitValue, path, "There is a control character in it.");
    }

    private FunctionToken? ReadToken(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            Add(FaultKind.Malformed, "token", "It is no object.");
            return null;
        }

        string? accessToken = null;
        TimeSpan? expiresIn = null;
        foreach (var member in element.EnumerateObject())
        {
            switch (member.Name)
            {
                case "accessToken" when member.Value.ValueKind == JsonValueKind.String && member.Value.GetString() is { Length: > 0 and <= LongestValue } text: accessToken = text; break;
                case "accessToken": Add(FaultKind.Malformed, "token.accessToken", $"It is no text of 1 to {LongestValue} characters."); break;
                case "expiresIn" when member.Value.ValueKind == JsonValueKind.Null: break;
                case "expiresIn" when Seconds(member.Value) is { } seconds: expiresIn = TimeSpan.FromSeconds(seconds); break;
                case "expiresIn": Add(FaultKind.Malformed, "token.expiresIn", "It is no number of seconds, over 0 and up to ten years."); break;
                default: Add(FaultKind.Malformed, $"token.{Shown(member.Name)}", "There is no such member."); break;
            }
        }

        if (accessToken is not null) return new FunctionToken(accessToken, expiresIn);
        if (_faults.All(fault => fault.Subject != "token.accessToken")) Add(FaultKind.Malformed, "token.accessToken", "It is missing.");
        return null;
    }

    private static double? Seconds(JsonElement element) =>
        element.ValueKind == JsonValueKind.Number && element.TryGetDouble(out var seconds) && seconds is > 0 and <= LongestLife ? seconds : null;

    private void AddCredential<T>(string path, Outcome<T> made)
        where T : class, IRequestCredential
    {
        if (made.TryGet(out var credential, out var faults)) _credentials.Add(credential);
        else foreach (var fault in faults) Add(fault.Kind, path, fault.Message);
    }

    private void Add(FaultKind kind, string subject, string message)
    {
        if (_faults.Count < MostFaults) _faults.Add(new Fault(kind, subject, message));
    }

    // A name is the script's, and may be anything, even a secret: the reader shows it only where it looks like one.
    private static string Shown(string name) =>
        name.Length is > 0 and <= 64 && name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_') ? name : "?";
}
