using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Patchbay.Platform.Http;

/// <summary>A resource with state that its JSON does not show, such as a secret: a change of that alone is a change too.</summary>
internal interface IStateBehind
{
    /// <summary>A text that differs whenever that state does; never the state itself.</summary>
    string StateBehind { get; }
}

/// <summary>
/// A strong entity tag (RFC 9110, section 8.8.3): the hash of a resource as it is shown, and of the state behind that. Nobody has to remember
/// to raise it: what a client can see, and what a client can write, is in it.
/// </summary>
/// <param name="Text">The tag with its quotes.</param>
internal readonly record struct EntityTag(string Text)
{
    /// <summary>The tag of a resource.</summary>
    /// <param name="resource">The resource, as its own GET answers.</param>
    public static EntityTag Of(object resource) => Of(JsonOf(resource), resource);

    /// <summary>The tag of a resource that was written as JSON already.</summary>
    public static EntityTag Of(ReadOnlySpan<byte> json, object resource)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(json);
        if (resource is IStateBehind { StateBehind: { } behind })
        {
            // No JSON ends with this byte, so that the two parts cannot be taken for another pair.
            hash.AppendData([0]);
            hash.AppendData(Encoding.UTF8.GetBytes(behind));
        }

        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return new EntityTag($"\"{Base64Url.EncodeToString(digest[..18])}\"");
    }

    /// <summary>A resource as JSON, by the type that it is declared as wherever it is answered: with the discriminator, where there is one.</summary>
    public static byte[] JsonOf(object resource)
    {
        var type = resource.GetType();
        if (type.BaseType is { } parent && parent.IsDefined(typeof(JsonPolymorphicAttribute), inherit: false))
            type = parent;
        return JsonSerializer.SerializeToUtf8Bytes(resource, type, ApiJson.Options);
    }

    public override string ToString() => Text;
}
