using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Patchbay.Platform.Audit;

/// <summary>
/// Where a chain ends, without which records could be cut off its end unseen; and where it begins, once the oldest were deleted because their
/// time was over.
/// </summary>
internal sealed class AuditHead : IOwned
{
    /// <summary>Whose chain it is: an organisation, or <see cref="AuditRecord.Instance"/>.</summary>
    public required Ulid OrganisationId { get; init; }

    /// <summary>The last record's number; 0 before there is one.</summary>
    public required long Sequence { get; init; }

    /// <summary>The last record's hash.</summary>
    public required byte[] Hash { get; init; }

    /// <summary>The number of the last record that was deleted because its time was over; 0 for none.</summary>
    public required long AnchorSequence { get; init; }

    /// <summary>That record's hash, on which the rest of the chain stands.</summary>
    public required byte[] AnchorHash { get; init; }

    /// <summary>The number of an audit key (4 bytes) and its code for all of this.</summary>
    public required byte[] Code { get; init; }

    /// <summary>The head of a chain without records, which still wants its code.</summary>
    public static AuditHead Begin(Ulid organisationId) => new()
    {
        OrganisationId = organisationId,
        Sequence = 0,
        Hash = new byte[SHA256.HashSizeInBytes],
        AnchorSequence = 0,
        AnchorHash = new byte[SHA256.HashSizeInBytes],
        Code = [],
    };

    /// <summary>The same chain with another end.</summary>
    public AuditHead EndingAt(AuditRecord last) => With(last.Sequence, last.Hash, AnchorSequence, AnchorHash, Code);

    /// <summary>The same chain with another beginning.</summary>
    public AuditHead AnchoredAt(long sequence, byte[] hash) => With(Sequence, Hash, sequence, hash, Code);

    public AuditHead WithCode(byte[] code) => With(Sequence, Hash, AnchorSequence, AnchorHash, code);

    /// <summary>What the code is made for. Hashes that are not of their length are nobody's.</summary>
    public byte[] Message()
    {
        var bytes = new byte[16 + sizeof(long) + SHA256.HashSizeInBytes + sizeof(long) + SHA256.HashSizeInBytes];
        if (Hash.Length != SHA256.HashSizeInBytes || AnchorHash.Length != SHA256.HashSizeInBytes)
            return [];
        var rest = bytes.AsSpan();
        OrganisationId.TryWriteBytes(rest);
        BinaryPrimitives.WriteInt64BigEndian(rest[16..], Sequence);
        Hash.CopyTo(rest[24..]);
        BinaryPrimitives.WriteInt64BigEndian(rest[56..], AnchorSequence);
        AnchorHash.CopyTo(rest[64..]);
        return bytes;
    }

    private AuditHead With(long sequence, byte[] hash, long anchorSequence, byte[] anchorHash, byte[] code) => new()
    {
        OrganisationId = OrganisationId,
        Sequence = sequence,
        Hash = hash,
        AnchorSequence = anchorSequence,
        AnchorHash = anchorHash,
        Code = code,
    };
}
