using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Actions.Idempotency;

/// <summary>
/// What an outcome is kept under: who calls which action through which connection, by which key. Two callers never share a key, not even those of
/// one organisation.
/// </summary>
/// <param name="OrganisationId">The organisation.</param>
/// <param name="ConnectionId">The connection.</param>
/// <param name="Caller">Who calls.</param>
/// <param name="Hash">SHA-256 over all of it. What is hashed holds no parameter of the call.</param>
internal sealed record OutcomeKey(Ulid OrganisationId, Ulid ConnectionId, Caller Caller, byte[] Hash)
{
    /// <param name="organisationId">The organisation.</param>
    /// <param name="caller">Who calls.</param>
    /// <param name="connectionId">The connection, which belongs to one connector.</param>
    /// <param name="action">The action's name. Its version is part of the request, since <c>default</c> may lead to another one tomorrow.</param>
    /// <param name="key">The key.</param>
    public static OutcomeKey Of(Ulid organisationId, Caller caller, Ulid connectionId, string action, string key)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var part in (string[])["outcome", organisationId.ToString(), caller.Identity, connectionId.ToString(), action, key])
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return new OutcomeKey(organisationId, connectionId, caller, hash.GetHashAndReset());
    }

    /// <summary>What is locked by who claims it.</summary>
    public Ulid Lock => new(Hash.AsSpan(0, 16));

    /// <summary>The same for the same key, in this process.</summary>
    public string Text => Convert.ToHexString(Hash);
}
