using Patchbay.ServerTests.Hosting;

namespace Patchbay.ServerTests.Grants;

/// <summary>An organisation's backend at a server that may be any of several processes on one store.</summary>
internal sealed class GrantClient(HttpMessageInvoker invoker, Uri server, string organisation, string key)
{
    private readonly Api _api = new(invoker, server, key, _ => { });

    public string Organisation { get; } = organisation;

    /// <summary>Makes an organisation.</summary>
    public static async Task<GrantClient> NewAsync(HttpMessageInvoker invoker, Uri server, string operatorKey)
    {
        var operate = new Api(invoker, server, operatorKey, _ => { });
        var organisation = (await operate.PostAsync("/api/organisations/v1/organisations", new { slug = "acme", displayName = "Acme" })).Expect(201).Id;
        var key = (await operate.PostAsync($"/api/organisations/v1/organisations/{organisation}/api-keys", new { name = "tests" })).Expect(201)["key"].GetValue<string>();
        return new GrantClient(invoker, server, organisation, key);
    }

    /// <summary>The same backend at another server of the same store.</summary>
    public GrantClient At(Uri other) => new(invoker, other, Organisation, _api.Key!);

    public async Task<string> CreateConnectorAsync(object body) =>
        (await _api.PostAsync($"/api/connect/v1/o/{Organisation}/protocols/http/connectors", body)).Expect(201).Id;

    public async Task<string> ConnectAsync(string connector, object body) =>
        (await _api.PostAsync($"/api/connect/v1/o/{Organisation}/connectors/{connector}/connections", body)).Expect(200).Id;

    public Task<Answer> GetConnectionAsync(string connector, string connection) =>
        _api.GetAsync($"/api/connect/v1/o/{Organisation}/connectors/{connector}/connections/{connection}");

    /// <summary>A call that needs a token.</summary>
    public Task<Answer> CallAsync(string connection, params (string, string)[] headers) =>
        _api.SendAsync(HttpMethod.Get, $"/api/proxy/{connection}/me", null, headers);

    public static HttpMessageInvoker NewInvoker() => new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });
}
