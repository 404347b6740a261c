namespace Patchbay.Protocols.Http;

/// <summary>Finds segments that would lead out of the path that they stand in (RFC 3986, 5.2.4), in any spelling that a server may undo.</summary>
public static class DotSegments
{
    /// <summary>
    /// Whether a path has a segment <c>.</c> or <c>..</c>. Dots, slashes and backslashes count encoded as well as plain, and a segment counts
    /// without its parameters, since some servers drop <c>;anything</c> before they resolve <c>..</c>.
    /// </summary>
    /// <param name="path">A raw path without query.</param>
    public static bool Found(ReadOnlySpan<char> path)
    {
        // Nearly every path is done here, and quickly.
        if (path.IndexOfAny('.', '%') < 0) return false;
        var dots = 0;
        var open = true;
        for (var index = 0; index < path.Length; index++)
        {
            var character = path[index];
            if (character == '%' && index + 2 < path.Length && Decode(path[index + 1], path[index + 2]) is { } decoded)
            {
                character = decoded;
                index += 2;
            }

            switch (character)
            {
                case '/' or '\\':
                    if (open && dots is 1 or 2) return true;
                    dots = 0;
                    open = true;
                    break;
                case ';':
                    if (open && dots is 1 or 2) return true;
                    open = false;
                    break;
                case '.':
                    dots++;
                    break;
                default:
                    open = false;
                    break;
            }
        }

        return open && dots is 1 or 2;
    }

    private static char? Decode(char high, char low) => (high, (char)(low | 0x20)) switch
    {
        ('2', 'e') => '.',
        ('2', 'f') => '/',
        ('3', 'b') => ';',
        ('5', 'c') => '\\',
        _ => null,
    };
}
