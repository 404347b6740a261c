using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Patchbay.Platform.Audit;

/// <summary>
/// One link of a chain of records: who did what, where, and what came of it, by internal ids alone. It holds the hash of the one before, so
/// that none can be changed, taken out, put in or moved without those behind it telling.
/// </summary>
internal sealed class AuditRecord : IOwned
{
    /// <summary>Whose chain the instance's own is: what concerns no organisation, or must outlive it.</summary>
    public static readonly Ulid Instance;

    public const string Succeeded = "succeeded";
    public const string Failed = "failed";

    /// <summary>Whose chain it is in: an organisation, or <see cref="Instance"/>.</summary>
    public required Ulid OrganisationId { get; init; }

    /// <summary>Its place in the chain, from 1 on, without a gap.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it was written, in microseconds since 1970: a number, so that both databases keep exactly what was hashed.</summary>
    public required long AtMicroseconds { get; init; }

    /// <summary>Who did it: <c>operator</c>, <c>key:</c> and the id of an API key, <c>server</c> for its own work, <c>nobody</c> for a public route.</summary>
    public required string Actor { get; init; }

    /// <summary>What was done: an operation id, or what the server calls its own work.</summary>
    public required string Operation { get; init; }

    public required string Outcome { get; init; }

    /// <summary>How often: 1 for a change, any number for uses of a secret within a minute.</summary>
    public required long Count { get; init; }

    /// <summary>What it was done to and within what, as <see cref="AuditResource"/> writes it.</summary>
    public required string Resources { get; init; }

    /// <summary>The hash of the record before; zeros for the first.</summary>
    public required byte[] PreviousHash { get; init; }

    /// <summary>SHA-256 over everything above, as <see cref="ComputeHash()"/> encodes it.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>The number of an audit key (4 bytes) and its code for the hash: who can write to the database only cannot make one.</summary>
    public required byte[] Code { get; init; }

    /// <summary>The hash that a record with these contents must have.</summary>
    public byte[] ComputeHash() => ComputeHash(Sequence);

    /// <summary>The hash that it would have at another place.</summary>
    public byte[] ComputeHash(long sequence)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        Text(bytes, "patchbay.audit.record.1");
        OrganisationId.TryWriteBytes(bytes.GetSpan(16));
        bytes.Advance(16);
        Number(bytes, sequence);
        Number(bytes, AtMicroseconds);
        Text(bytes, Actor);
        Text(bytes, Operation);
        Text(bytes, Outcome);
        Number(bytes, Count);
        Text(bytes, Resources);
        Number(bytes, PreviousHash.Length);
        bytes.Write(PreviousHash);
        return SHA256.HashData(bytes.WrittenSpan);
    }

    /// <summary>Each part with its length before it, so that no two records have the same bytes.</summary>
    private static void Text(ArrayBufferWriter<byte> bytes, string text)
    {
        Number(bytes, Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, bytes);
    }

    private static void Number(ArrayBufferWriter<byte> bytes, long number)
    {
        BinaryPrimitives.WriteInt64BigEndian(bytes.GetSpan(sizeof(long)), number);
        bytes.Advance(sizeof(long));
    }
}
