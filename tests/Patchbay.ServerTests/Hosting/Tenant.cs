namespace Patchbay.ServerTests.Hosting;

/// <summary>An organisation with a key, as its backend sees the server. Paths without a leading slash are those of its part of the connect API.</summary>
public sealed class Tenant(PatchbayHost host, string id, string slug, string key, string keyId)
{
    public PatchbayHost Host { get; } = host;
    public string Id { get; } = id;
    public string Slug { get; } = slug;
    public string Key { get; } = key;
    public string KeyId { get; } = keyId;
    public Api Api { get; } = host.As(key);

    public Task<Answer> GetAsync(string path) => Api.GetAsync(Whole(path));

    public Task<Answer> PostAsync(string path, object? body = null) => Api.PostAsync(Whole(path), body);

    public Task<Answer> PutAsync(string path, object? body) => Api.PutAsync(Whole(path), body);

    public Task<Answer> DeleteAsync(string path) => Api.DeleteAsync(Whole(path));

    /// <summary>The path of something of this organisation.</summary>
    public string Whole(string path) => path.StartsWith('/') ? path : $"/api/connect/v1/o/{Id}/{path}";
}
