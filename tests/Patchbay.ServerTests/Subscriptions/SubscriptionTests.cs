using System.Text.Json.Nodes;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Subscriptions;

/// <summary>Subscriptions as their owner sees them.</summary>
public sealed class SubscriptionTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task A_subscription_is_made_read_changed_listed_and_deleted(Database database)
    {
        var host = await hosts.OfAsync(database);
        var source = await EventSource.MakeAsync(host);
        var tenant = source.Tenant;
        await using var receiver = await EventReceiver.StartAsync();
        var created = (await tenant.PostAsync("subscriptions", new
        {
            name = "one", url = receiver.Url, connectorId = source.ConnectorId, connectionId = source.Connections[0], triggerName = EventSource.Trigger, filter = "data.body.n", ordered = true,
        })).Expect(201);
        Assert.Equal("no-store", created.Headers["Cache-Control"]);
        Assert.StartsWith("whsec_", (string)created["secret"]!, StringComparison.Ordinal);

        var path = $"subscriptions/{created.Id}";
        var read = (await tenant.GetAsync(path)).Expect(200);
        Assert.Equal(created.Headers["ETag"], read.Headers["ETag"]);
        Assert.DoesNotContain("whsec_", read.Text, StringComparison.Ordinal);
        Assert.Equal("enabled", (string)read["state"]!);
        Assert.Single(read["signingKeys"].AsArray());
        Assert.DoesNotContain("whsec_", (await tenant.GetAsync("subscriptions")).Expect(200).Text, StringComparison.Ordinal);

        var update = new JsonObject { ["id"] = created.Id, ["name"] = "two", ["url"] = receiver.Url.ToString(), ["connectorId"] = source.ConnectorId };
        var updated = (await tenant.PutAsync(path, update)).Expect(200);
        Assert.Null(updated.Json["filter"]);
        Assert.Null(updated.Json["connectionId"]);
        Assert.False((bool)updated["ordered"]!);
        Assert.NotEqual(read.Headers["ETag"], updated.Headers["ETag"]);

        (await tenant.PostAsync("subscriptions", new { name = "two", url = receiver.Url, connectorId = source.ConnectorId })).ExpectError(409, "subscription_exists");
        (await tenant.PostAsync("subscriptions", new { name = "three", url = receiver.Url, connectorId = source.ConnectorId })).Expect(201);
        Assert.Equal(2, (int)(await tenant.GetAsync($"subscriptions?connector_id={source.ConnectorId}")).Expect(200)["totalCount"]);
        (await tenant.GetAsync("subscriptions?connector_id=x")).ExpectError(400, "invalid_request", "connector_id");

        (await tenant.DeleteAsync(path)).Expect(204);
        (await tenant.GetAsync(path)).ExpectError(404, "subscription_not_found");
        (await tenant.GetAsync($"{path}/health")).ExpectError(404, "subscription_not_found");
        (await tenant.DeleteAsync(path)).ExpectError(404, "subscription_not_found");
    }

    [Fact]
    public async Task What_is_wrong_with_a_subscription_is_said_all_at_once()
    {
        var host = await hosts.OfAsync(Database.Sqlite);
        var source = await EventSource.MakeAsync(host);
        var other = await EventSource.MakeAsync(host);
        (await source.Tenant.PostAsync("subscriptions", new
        {
            name = "x", url = "ftp://a.example.com", connectorId = source.ConnectorId, connectionId = other.Connections[0], triggerName = "nothing", version = "9.9.9", filter = "map(&a, b)", secret = "whsec_c2hvcnQ=",
        })).ExpectError(400, "invalid_request", "url", "connectionId", "triggerName", "version", "filter", "secret");
        (await source.Tenant.PostAsync("subscriptions", new { name = "x", url = "https://a.example.com", connectorId = other.ConnectorId })).ExpectError(400, "invalid_request", "connectorId");
        (await source.Tenant.PostAsync("subscriptions", new { name = "x", url = "https://a.example.com", connectorId = source.ConnectorId, secret = "whpk_" + Convert.ToBase64String(new byte[32]), signing = "hmac" }))
            .ExpectError(400, "invalid_request");
    }

    [Theory]
    [InlineData("http://203.0.113.1/")]
    [InlineData("http://example.com/")]
    [InlineData("https://10.0.0.1/")]
    [InlineData("https://169.254.169.254/latest/meta-data")]
    [InlineData("https://[::1]/")]
    [InlineData("https://user:password@example.com/")]
    [InlineData("https://example.com/#part")]
    [InlineData("file:///etc/passwd")]
    [InlineData("nothing")]
    public async Task A_url_that_messages_must_not_go_to_is_refused(string url)
    {
        var source = await EventSource.MakeAsync(await hosts.OfAsync(Database.Sqlite));
        (await source.Tenant.PostAsync("subscriptions", new { name = "x", url, connectorId = source.ConnectorId })).ExpectError(400, "invalid_request", "url");
    }

    [Theory, EachDatabase]
    public async Task A_version_that_a_subscription_names_stays_published(Database database)
    {
        var source = await EventSource.MakeAsync(await hosts.OfAsync(database));
        await using var receiver = await EventReceiver.StartAsync();
        var subscription = await source.SubscribeAsync(receiver, s => s["version"] = EventSource.Version);
        var version = $"connectors/{source.ConnectorId}/versions/{EventSource.Version}";

        Assert.Contains("to ", (await source.Tenant.PostAsync($"{version}/unpublish")).ExpectError(409, "version_in_use").Text, StringComparison.Ordinal);
        (await source.Tenant.DeleteAsync(version)).ExpectError(409, "version_published");

        (await source.Tenant.DeleteAsync(subscription.Path)).Expect(204);
        (await source.Tenant.PostAsync($"{version}/unpublish")).Expect(200);
    }

    [Theory, EachDatabase]
    public async Task Keys_are_given_and_changed_and_no_more_sign_than_may(Database database)
    {
        var source = await EventSource.MakeAsync(await hosts.OfAsync(database));
        await using var receiver = await EventReceiver.StartAsync();
        const string Own = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        var subscription = await source.SubscribeAsync(receiver, s => s["secret"] = Own);
        Assert.Equal(Own, subscription.Secret);
        var kinds = new List<string> { "ed25519", "hmac", "ed25519", "hmac" };
        foreach (var kind in kinds)
        {
            var rotated = (await source.Tenant.PostAsync($"{subscription.Path}/secrets", new { signing = kind })).Expect(201);
            Assert.Equal(kind == "hmac", rotated.Json["secret"] is not null);
            Assert.Equal(kind, (string)rotated["signingKeys"][0]!["kind"]!);
            Assert.Equal(kind == "ed25519", rotated["signingKeys"][0]!["publicKey"] is not null);
        }

        (await source.Tenant.PostAsync($"{subscription.Path}/secrets", new { })).ExpectError(409, "too_many_secrets");
        (await source.Tenant.PostAsync($"{subscription.Path}/secrets", new { previousEndsAt = "2999-01-01T00:00:00Z" })).ExpectError(400, "invalid_request", "previousEndsAt");
        var last = (await source.Tenant.PostAsync($"{subscription.Path}/secrets", new { previousEndsAt = "2020-01-01T00:00:00Z" })).Expect(201);
        Assert.Single(last["signingKeys"].AsArray());
    }
}
