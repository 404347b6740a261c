namespace Patchbay.Platform;

/// <summary>Where clients reach the server: the setting, else the address that it listens on. Never what a request's Host header says.</summary>
internal sealed class PublicAddress(Uri? configured)
{
    private string _root = configured?.AbsoluteUri.TrimEnd('/') ?? "http://127.0.0.1:8080";

    /// <summary>Learns the address that the server listens on; it counts where none was configured.</summary>
    public void ListensOn(IEnumerable<string> urls)
    {
        if (configured is not null || urls.FirstOrDefault() is not { } first)
            return;
        // Every interface is no address that a client could use.
        _root = first.Replace("://0.0.0.0", "://localhost", StringComparison.Ordinal).Replace("://[::]", "://localhost", StringComparison.Ordinal)
            .Replace("://*", "://localhost", StringComparison.Ordinal).Replace("://+", "://localhost", StringComparison.Ordinal).TrimEnd('/');
    }

    /// <summary>The origin of the server's own pages, as browsers spell it.</summary>
    public string Origin => Organisations.WebOrigin.Of(new Uri(_root));

    /// <summary>The absolute URL of a path.</summary>
    /// <param name="path">Begins with a slash, or is empty.</param>
    public string Absolute(string path) => _root + path;
}
