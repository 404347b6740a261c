using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Patchbay.ServerTests.Hosting;

namespace Patchbay.ServerTests.Execution;

/// <summary>A connector with one version, whose actions tests describe in OpenAPI, and a connection to an upstream with an API key.</summary>
internal sealed class RunningAction
{
    public const string Secret = "key-that-nobody-sees";

    private RunningAction(Tenant tenant, string connectorId, string version, string connectionId) =>
        (Tenant, ConnectorId, Version, ConnectionId) = (tenant, connectorId, version, connectionId);

    public Tenant Tenant { get; }
    public string ConnectorId { get; }
    public string Version { get; }
    public string ConnectionId { get; }

    /// <summary>Makes it.</summary>
    /// <param name="host">The server.</param>
    /// <param name="url">The upstream.</param>
    /// <param name="paths">What stands under <c>paths</c> in the description, as YAML of indent 2.</param>
    /// <param name="schemas">What stands under <c>components.schemas</c>.</param>
    /// <param name="limits">The connection's limits, or null.</param>
    public static async Task<RunningAction> MakeAsync(PatchbayHost host, string url, string paths, string schemas = "    None: {}", object? limits = null)
    {
        var tenant = await host.NewOrganisationAsync("runs");
        var description = $$"""
            openapi: 3.1.0
            info: { title: Things, version: "1" }
            servers: [{ url: "{{url.TrimEnd('/')}}" }]
            components:
              securitySchemes:
                key: { type: apiKey, in: header, name: X-Key }
              schemas:
            {{schemas}}
            paths:
            {{paths}}
            """;
        var imported = await tenant.PostAsync("protocols/http/import", Upload.Of(description, fileName: "api.yaml"));
        var connector = imported.Expect(201)["connector"];
        var id = connector["id"]!.GetValue<string>();
        var config = connector["authSchemeConfigs"]![0]!["id"]!.GetValue<string>();
        var connection = JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(TenantSteps.Connection("live", config, Secret)))!.AsObject();
        if (limits is not null)
            connection["limits"] = System.Text.Json.JsonSerializer.SerializeToNode(limits);
        var made = (await tenant.PostAsync($"connectors/{id}/connections", connection)).Expect(200).Id;
        return new RunningAction(tenant, id, connector["versions"]![0]!["name"]!.GetValue<string>(), made);
    }

    public string Path(string action) => $"connectors/{ConnectorId}/versions/{Version}/actions/{action}/execute";

    public JsonObject Call(object? parameters = null, object? body = null, string? contentType = null, object? more = null)
    {
        var call = new JsonObject { ["connectionId"] = ConnectionId };
        if (parameters is not null)
            call["parameters"] = System.Text.Json.JsonSerializer.SerializeToNode(parameters);
        if (body is not null)
            call["body"] = System.Text.Json.JsonSerializer.SerializeToNode(body);
        if (contentType is not null)
            call["contentType"] = contentType;
        foreach (var (name, value) in more is null ? [] : System.Text.Json.JsonSerializer.SerializeToNode(more)!.AsObject())
            call[name] = value?.DeepClone();
        return call;
    }

    public Task<Answer> RunAsync(string action, object? parameters = null, object? body = null, string? contentType = null, object? more = null) =>
        Tenant.PostAsync(Path(action), Call(parameters, body, contentType, more));

    /// <summary>An answer with a body of JSON.</summary>
    public static RequestDelegate Json(string text, int status = 200) => context =>
    {
        (context.Response.StatusCode, context.Response.ContentType) = (status, "application/json");
        return context.Response.WriteAsync(text, context.RequestAborted);
    };
}
