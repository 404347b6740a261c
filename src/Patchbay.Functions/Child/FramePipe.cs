using Patchbay.Functions.Wire;

namespace Patchbay.Functions.Child;

/// <summary>The child's two pipes. Blocking: the child has one thread, and one thing to do.</summary>
internal sealed class FramePipe(Stream input, Stream output)
{
    /// <summary>Sends a frame.</summary>
    public void Write(FrameKind kind, ReadOnlySpan<byte> content)
    {
        output.Write(new Frame(kind, content.ToArray()).ToBytes());
        output.Flush();
    }

    /// <summary>Waits for a frame.</summary>
    /// <returns>Its content, or null where the server is gone or sends something else.</returns>
    public byte[]? Read(FrameKind expected)
    {
        Span<byte> header = stackalloc byte[Frame.HeaderLength];
        if (input.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) < header.Length) return null;
        if (!Frame.TryReadHeader(header, FunctionLimits.LongestFrame, out var kind, out var length) || kind != expected) return null;
        var content = new byte[length];
        return input.ReadAtLeast(content, length, throwOnEndOfStream: false) == length ? content : null;
    }
}
