using Patchbay.ServerTests.Hosting;

namespace Patchbay.ServerTests.Agents;

/// <summary>Steps of the tests of tools.</summary>
internal static class ToolSteps
{
    /// <summary>Connects a connector that came of a description, whose configs have ids that nobody chose.</summary>
    public static async Task<Answer> ConnectWithKeyAsync(this Tenant tenant, string connectorId, string name = "production", string value = "k-123")
    {
        var configs = (await tenant.GetAsync($"connectors/{connectorId}")).Expect(200)["authSchemeConfigs"].AsArray();
        var key = configs.First(c => (string?)c!["schemeType"] == "api-key")!["id"]!.GetValue<string>();
        return await tenant.ConnectAsync(connectorId, name, key, value);
    }
}
