using System.Buffers.Binary;

namespace Patchbay.Functions.Wire;

/// <summary>What a frame between server and child says.</summary>
internal enum FrameKind : byte
{
    /// <summary>From the child: it has given up what it may not have, and takes a run. No content.</summary>
    Ready = 1,

    /// <summary>To the child: source and context (<see cref="RunMessage"/>).</summary>
    Run = 2,

    /// <summary>From the child: the script calls <c>fetch</c> (<see cref="RequestMessage"/>).</summary>
    Request = 3,

    /// <summary>To the child: what came of the request (<see cref="ResponseMessage"/>).</summary>
    Response = 4,

    /// <summary>From the child, its last: what the script returned, as JSON.</summary>
    Answer = 5,

    /// <summary>From the child, its last: why there is no answer (<see cref="FailureMessage"/>).</summary>
    Failure = 6,

    /// <summary>From a child that was asked to try what it must not be able to do: what it could do all the same, one a line.</summary>
    Report = 7,
}

/// <summary>One message: a byte for the kind, four for the length (little-endian), then the content.</summary>
internal readonly record struct Frame(FrameKind Kind, ReadOnlyMemory<byte> Content)
{
    public const int HeaderLength = 5;

    /// <summary>The whole frame as bytes.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[HeaderLength + Content.Length];
        bytes[0] = (byte)Kind;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(1), Content.Length);
        Content.Span.CopyTo(bytes.AsSpan(HeaderLength));
        return bytes;
    }

    /// <summary>Reads the beginning of a frame; a length over the limit makes no buffer.</summary>
    /// <returns>Whether the content is to be read: a known kind and a length within the limit.</returns>
    public static bool TryReadHeader(ReadOnlySpan<byte> header, int longest, out FrameKind kind, out int length)
    {
        kind = (FrameKind)header[0];
        length = BinaryPrimitives.ReadInt32LittleEndian(header[1..]);
        return Enum.IsDefined(kind) && length >= 0 && length <= longest;
    }
}
