using System.Buffers;

namespace Patchbay.Platform.Actions.Execution;

/// <summary>Writes JSON on one line, byte for byte but for the blanks between its parts.</summary>
internal static class CompactJson
{
    /// <summary>Writes a value.</summary>
    /// <param name="json">The value, well formed.</param>
    /// <param name="to">Takes it.</param>
    public static void Write(ReadOnlySpan<byte> json, IBufferWriter<byte> to)
    {
        var inString = false;
        var start = 0;
        for (var at = 0; at < json.Length; at++)
        {
            var character = json[at];
            if (inString)
            {
                if (character == '\\')
                    at++;
                else
                    inString = character != '"';
            }
            else if (character == '"')
            {
                inString = true;
            }
            else if (character is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                to.Write(json[start..at]);
                start = at + 1;
            }
        }

        to.Write(json[start..]);
    }
}
