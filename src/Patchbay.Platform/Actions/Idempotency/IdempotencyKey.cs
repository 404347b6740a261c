using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Actions.Idempotency;

/// <summary>
/// The name that a caller gives a call, so that sending it again does not run it again: the header <c>Idempotency-Key</c>
/// (draft-ietf-httpapi-idempotency-key-header). The draft wants a string in quotes (RFC 8941, section 3.3.3); most clients send it bare, which
/// is taken as well, and is the same key.
/// </summary>
internal sealed class IdempotencyKey : IBoundInput, IEndpointParameterMetadataProvider
{
    public const string Header = "Idempotency-Key";

    /// <summary>Says of an answer that it is the one that the key was answered with before.</summary>
    public const string ReplayedHeader = "Idempotency-Replayed";

    public const int MaxLength = 255;

    private static readonly IdempotencyKey None = new(null, null);

    private IdempotencyKey(string? value, Failure? fault) => (Value, Fault) = (value, fault);

    /// <summary>The key; null where none was sent.</summary>
    public string? Value { get; }

    public Failure? Fault { get; }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(IsTaken.Instance);

    public static ValueTask<IdempotencyKey> BindAsync(HttpContext context) => ValueTask.FromResult(Read(context.Request));

    /// <summary>The key of a request.</summary>
    public static IdempotencyKey Read(HttpRequest request) => !request.Headers.TryGetValue(Header, out var values) ? None
        : values is [{ } text] && Parse(text) is { } key ? new(key, null)
        : new(null, Failure.InvalidField(Header, $"must be one string of 1 to {MaxLength} printable ASCII characters, in quotes or without"));

    /// <summary>The key that a text stands for, or null where it stands for none.</summary>
    public static string? Parse(string text)
    {
        var trimmed = text.Trim(' ', '\t');
        var key = trimmed.StartsWith('"') ? Unquoted(trimmed) : trimmed;
        return key is { Length: > 0 and <= MaxLength } && key.All(c => c is >= ' ' and <= '~') ? key : null;
    }

    private static string? Unquoted(string text)
    {
        var key = new StringBuilder();
        for (var i = 1; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '"':
                    // The draft knows no parameters; what stands behind may be another key.
                    return i == text.Length - 1 ? key.ToString() : null;
                case '\\' when i + 1 < text.Length && text[i + 1] is '"' or '\\':
                    key.Append(text[++i]);
                    break;
                case '\\':
                    return null;
                default:
                    key.Append(text[i]);
                    break;
            }
        }

        return null;
    }

    /// <summary>Marks an operation that takes a key.</summary>
    internal sealed class IsTaken
    {
        public static readonly IsTaken Instance = new();
    }
}
