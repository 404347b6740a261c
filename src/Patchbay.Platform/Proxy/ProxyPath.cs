namespace Patchbay.Platform.Proxy;

/// <summary>
/// The raw target of a request to the proxy, taken apart. It is the raw one because the server has resolved dot segments and decoded
/// escapes in every other, so that a request might reach the proxy, or leave it, under a path that it was not sent with.
/// </summary>
/// <param name="target">The request target as it came.</param>
/// <param name="path">Where its path begins.</param>
/// <param name="id">Where the connection's id begins.</param>
/// <param name="remainder">Where that begins which follows the id.</param>
/// <param name="named">Whose connection is meant, where it is named by template and user; null where the id is the connection's.</param>
internal readonly struct ProxyPath(string target, int path, int id, int remainder, UserOfTemplate? named = null)
{
    private const string Prefix = "/api/proxy/";
    private const string OlderSpelling = "legacy/";
    private const string Templates = "templates/";
    private const string Users = "/users/";

    /// <summary>The path of the whole request, without query.</summary>
    public ReadOnlySpan<char> Whole
    {
        get
        {
            var whole = target.AsSpan(path);
            var query = whole.IndexOf('?');
            return query < 0 ? whole : whole[..query];
        }
    }

    public ReadOnlySpan<char> ConnectionId => target.AsSpan(id, remainder - id);

    /// <summary>Whose connection is meant, where it is named by template and user; else null.</summary>
    public UserOfTemplate? Named => named;

    /// <summary>What is for the API: a path, a query, both or nothing, byte for byte.</summary>
    public string Remainder => target[remainder..];

    /// <summary>Takes a target apart that is one of the proxy's, under either spelling.</summary>
    /// <param name="target">In origin or absolute form (RFC 9112, section 3.2).</param>
    /// <param name="path">The parts.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(string target, out ProxyPath path)
    {
        path = default;
        var start = target.StartsWith('/') ? 0 : PathOfAbsoluteForm(target);
        if (start < 0 || !target.AsSpan(start).StartsWith(Prefix, StringComparison.OrdinalIgnoreCase))
            return false;
        var id = start + Prefix.Length;
        if (target.AsSpan(id).StartsWith(OlderSpelling, StringComparison.OrdinalIgnoreCase))
            id += OlderSpelling.Length;
        if (TryParseNamed(target, start, id, out path))
            return true;
        var length = target.AsSpan(id).IndexOfAny('/', '?');
        path = new ProxyPath(target, start, id, length < 0 ? target.Length : id + length);
        return true;
    }

    /// <summary>The spelling by template and user: <c>templates/{template_id}/users/{external id}</c>.</summary>
    private static bool TryParseNamed(string target, int start, int id, out ProxyPath path)
    {
        path = default;
        if (!target.AsSpan(id).StartsWith(Templates, StringComparison.OrdinalIgnoreCase))
            return false;
        var template = target.AsSpan(id + Templates.Length);
        var length = template.IndexOf('/');
        if (length < 0 || !template[length..].StartsWith(Users, StringComparison.OrdinalIgnoreCase) || !Ulid.TryParse(template[..length], out var templateId))
            return false;
        var user = id + Templates.Length + length + Users.Length;
        length = target.AsSpan(user).IndexOfAny('/', '?');
        var end = length < 0 ? target.Length : user + length;
        path = new ProxyPath(target, start, user, end, new UserOfTemplate(templateId, Uri.UnescapeDataString(target[user..end])));
        return true;
    }

    private static int PathOfAbsoluteForm(string target)
    {
        var authority = target.IndexOf("://", StringComparison.Ordinal);
        return authority < 0 ? -1 : target.IndexOf('/', authority + 3);
    }
}
