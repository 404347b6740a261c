namespace Patchbay.Vault;

/// <summary>Where the instance keys come from, and where changed ones go.</summary>
public interface IKeySource
{
    /// <summary>What it is, for people: <c>the file /srv/patchbay/vault.key</c>. Never a key.</summary>
    string Description { get; }

    /// <summary>Whether <see cref="WriteAsync"/> can succeed.</summary>
    bool CanWrite { get; }

    /// <summary>Reads the ring anew.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The ring, which the caller disposes, or what is wrong; never a part of what was read.</returns>
    Task<KeyFileResult> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Stores a ring in place of the one that is there.</summary>
    /// <param name="ring">It must have every key that is still needed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null, or what is wrong.</returns>
    Task<KeyFileRefusal?> WriteAsync(KeyRing ring, CancellationToken cancellationToken);
}

/// <summary>Keys in a file of the server's own.</summary>
/// <param name="path">Where it is.</param>
public sealed class KeyFileSource(string path) : IKeySource
{
    /// <summary>Where the file is.</summary>
    public string Path { get; } = path;

    /// <inheritdoc/>
    public string Description => $"the file {Path}";

    /// <inheritdoc/>
    public bool CanWrite => true;

    /// <inheritdoc/>
    public Task<KeyFileResult> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(KeyFile.Load(Path));

    /// <inheritdoc/>
    public Task<KeyFileRefusal?> WriteAsync(KeyRing ring, CancellationToken cancellationToken) => Task.FromResult(KeyFile.Replace(Path, ring));
}

/// <summary>Keys that were handed to the process as text, such as in its environment.</summary>
/// <param name="text">The text form of a ring.</param>
/// <param name="description">Where it stands, such as <c>PATCHBAY_VAULT_KEY</c>.</param>
public sealed class KeyTextSource(string text, string description) : IKeySource
{
    /// <inheritdoc/>
    public string Description => description;

    /// <inheritdoc/>
    public bool CanWrite => false;

    /// <inheritdoc/>
    public Task<KeyFileResult> ReadAsync(CancellationToken cancellationToken) => Task.FromResult(KeyRing.Parse(text));

    /// <inheritdoc/>
    public Task<KeyFileRefusal?> WriteAsync(KeyRing ring, CancellationToken cancellationToken) =>
        Task.FromResult<KeyFileRefusal?>(new(KeyFileFault.Unwritable, $"{description} cannot be changed from here."));
}
