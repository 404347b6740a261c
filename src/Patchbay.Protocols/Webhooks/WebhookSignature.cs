using System.Globalization;
using System.Text;

namespace Patchbay.Protocols.Webhooks;

/// <summary>The three headers of a webhook.</summary>
/// <param name="Id">Of the message: the same however often it is sent.</param>
/// <param name="Timestamp">When it was sent, in seconds since 1970.</param>
/// <param name="Signature">One signature for each key, with spaces between.</param>
public sealed record WebhookHeaders(string? Id, string? Timestamp, string? Signature)
{
    /// <summary>The name of the header of <see cref="Id"/>.</summary>
    public const string IdName = "webhook-id";

    /// <summary>The name of the header of <see cref="Timestamp"/>.</summary>
    public const string TimestampName = "webhook-timestamp";

    /// <summary>The name of the header of <see cref="Signature"/>.</summary>
    public const string SignatureName = "webhook-signature";
}

/// <summary>What became of a verification.</summary>
public enum WebhookVerdict
{
    /// <summary>A key of the receiver signed it, and it is fresh.</summary>
    Valid,

    /// <summary>One of the headers is missing or empty.</summary>
    MissingHeader,

    /// <summary>The timestamp is no number of seconds.</summary>
    MalformedTimestamp,

    /// <summary>It was sent too long ago: perhaps somebody sends again what they have seen.</summary>
    TooOld,

    /// <summary>Its time is too far ahead of ours.</summary>
    TooNew,

    /// <summary>None of the signatures is of a key of the receiver.</summary>
    NotSigned,
}

/// <summary>Signs and verifies by Standard Webhooks 1.0.0. What is signed is <c>id.timestamp.payload</c>.</summary>
public static class WebhookSignature
{
    /// <summary>How far the time of a message may be from the receiver's.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(5);

    /// <summary>More signatures than this are not looked at: each costs a computation, and a sender has no more keys.</summary>
    private const int MostSignatures = 20;

    /// <summary>Signs a message with each key.</summary>
    /// <param name="keys">The keys; more than one while they change.</param>
    /// <param name="id">The message's id. It has no full stop, which would let one message pass for another.</param>
    /// <param name="sentAt">The time of this attempt.</param>
    /// <param name="payload">The body as it is sent.</param>
    /// <exception cref="ArgumentException">There is no key, or the id has a full stop or is empty.</exception>
    public static WebhookHeaders Sign(IReadOnlyList<WebhookKey> keys, string id, DateTimeOffset sentAt, ReadOnlySpan<byte> payload)
    {
        if (id.Length == 0 || id.Contains('.', StringComparison.Ordinal))
            throw new ArgumentException("The id of a message has no full stop and is not empty.", nameof(id));
        if (keys.Count == 0)
            throw new ArgumentException("It takes a key to sign.", nameof(keys));
        var timestamp = sentAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var prefix = PrefixOf(id, timestamp);
        var signatures = new StringBuilder();
        foreach (var key in keys)
        {
            if (signatures.Length > 0)
                signatures.Append(' ');
            signatures.Append(key.Mark).Append(',').Append(Convert.ToBase64String(key.Sign(prefix, payload)));
        }

        return new WebhookHeaders(id, timestamp, signatures.ToString());
    }

    /// <summary>Verifies a message.</summary>
    /// <param name="keys">The keys that its sender may have.</param>
    /// <param name="headers">Its headers.</param>
    /// <param name="payload">Its body as it came.</param>
    /// <param name="now">The receiver's time; null to take a message of any age, as where it was stored.</param>
    public static WebhookVerdict Verify(IReadOnlyList<WebhookKey> keys, WebhookHeaders headers, ReadOnlySpan<byte> payload, DateTimeOffset? now)
    {
        if (string.IsNullOrEmpty(headers.Id) || string.IsNullOrEmpty(headers.Timestamp) || string.IsNullOrEmpty(headers.Signature))
            return WebhookVerdict.MissingHeader;
        if (!long.TryParse(headers.Timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return WebhookVerdict.MalformedTimestamp;
        if (now is { } at)
        {
            // By seconds, since the timestamp has no parts of one; and not by times, which have an end.
            var age = at.ToUnixTimeSeconds() - seconds;
            if (age > Tolerance.TotalSeconds)
                return WebhookVerdict.TooOld;
            if (-age > Tolerance.TotalSeconds)
                return WebhookVerdict.TooNew;
        }

        var prefix = PrefixOf(headers.Id, headers.Timestamp);
        foreach (var text in headers.Signature.Split(' ', MostSignatures + 1).Take(MostSignatures))
        {
            if (text.IndexOf(',', StringComparison.Ordinal) is not (> 0 and var comma) || Decode(text[(comma + 1)..]) is not { } signature)
                continue;
            foreach (var key in keys)
            {
                if (key.Mark == text[..comma] && key.Verifies(prefix, payload, signature))
                    return WebhookVerdict.Valid;
            }
        }

        return WebhookVerdict.NotSigned;
    }

    private static byte[] PrefixOf(string id, string timestamp) => Encoding.UTF8.GetBytes($"{id}.{timestamp}.");

    private static byte[]? Decode(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }
}
