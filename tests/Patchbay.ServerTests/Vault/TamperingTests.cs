using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Vault;

/// <summary>Whoever can write to the store cannot make it give out another secret, or a changed one, without being noticed.</summary>
public sealed class TamperingTests(Hosts hosts)
{
    [Theory, EachDatabase]
    public async Task Every_flipped_bit_of_a_stored_secret_is_detected(Database database)
    {
        var host = await hosts.OfAsync(database);
        await using var upstream = await SealedStore.EchoAsync();
        var store = await SealedStore.MakeAsync(host, upstream, secrets: 1);
        var (id, secret) = await OnlySecretAsync(host, store.Tenant);
        for (var bit = 0; bit < secret.Length * 8; bit++)
        {
            var changed = (byte[])secret.Clone();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            await WriteAsync(host, id, changed);
            Assert.False(await OpensAsync(host, store.Tenant, id), $"bit {bit} of {secret.Length * 8} was flipped, and the secret opened");
        }

        await WriteAsync(host, id, secret);
        Assert.True(await OpensAsync(host, store.Tenant, id));
    }

    [Theory, EachDatabase]
    public async Task A_changed_secret_never_reaches_the_upstream(Database database)
    {
        // A server of its own: what it logs as an error here is meant.
        await using var host = await PatchbayHost.StartAsync(database);
        await using var upstream = await SealedStore.EchoAsync();
        var store = await SealedStore.MakeAsync(host, upstream, secrets: 1);
        var (id, secret) = await OnlySecretAsync(host, store.Tenant);
        secret[^1] ^= 1;
        await WriteAsync(host, id, secret);

        (await store.Tenant.Api.GetAsync($"/api/proxy/{store.Connections[0].Connection}/x")).ExpectError(500, "internal_error");

        Assert.Empty(upstream.Requests);
        Assert.Contains(host.Log.Errors, e => e.Contains("does not open (Tampered)", StringComparison.Ordinal));
    }

    [Theory, EachDatabase]
    public async Task A_secret_that_was_moved_to_another_row_or_organisation_is_detected(Database database)
    {
        var host = await hosts.OfAsync(database);
        await using var upstream = await SealedStore.EchoAsync();
        var rows = new List<(Tenant Tenant, string Id, byte[] Secret)>();
        foreach (var store in (SealedStore[])[await SealedStore.MakeAsync(host, upstream, 2), await SealedStore.MakeAsync(host, upstream, 2)])
            rows.AddRange((await SecretsAsync(host, store.Tenant)).Select(s => (store.Tenant, s.Id, s.Secret)));
        Assert.Equal(4, rows.Count);
        foreach (var (tenant, id, secret) in rows)
        {
            foreach (var other in rows.Where(r => r.Id != id))
            {
                await WriteAsync(host, id, other.Secret);
                Assert.False(await OpensAsync(host, tenant, id), "the secret of another row opened");
            }

            await WriteAsync(host, id, secret);
            Assert.True(await OpensAsync(host, tenant, id));
        }
    }

    [Theory, EachDatabase]
    public async Task A_row_or_a_key_that_was_moved_to_another_organisation_is_detected(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var upstream = await SealedStore.EchoAsync();
        var (acme, other) = ((await SealedStore.MakeAsync(host, upstream, 1)).Tenant, (await SealedStore.MakeAsync(host, upstream, 1)).Tenant);
        var (id, _) = await OnlySecretAsync(host, acme);
        await host.ExecuteAsync("UPDATE credentials SET organisation_id = @p0 WHERE id = @p1", other.Id, id);
        Assert.False(await OpensAsync(host, other, id), "a row of another organisation opened");
        await host.ExecuteAsync("UPDATE credentials SET organisation_id = @p0 WHERE id = @p1", acme.Id, id);

        // Not even with its organisation's key beside it. The key must not be in memory yet, so the server is a new one.
        await host.ExecuteAsync("UPDATE organisations SET wrapped_key = (SELECT wrapped_key FROM organisations WHERE id = @p0) WHERE id = @p1", acme.Id, other.Id);
        await host.ExecuteAsync("UPDATE credentials SET organisation_id = @p0 WHERE id = @p1", other.Id, id);
        host.Services.GetRequiredService<Patchbay.Platform.Organisations.OrganisationKeys>().Forget(Ulid.Parse(other.Id));
        Assert.False(await OpensAsync(host, other, id), "the key of another organisation opened");
    }

    [Theory, EachDatabase]
    public async Task Every_column_of_bytes_was_judged_whether_it_is_sealed(Database database)
    {
        var host = await hosts.OfAsync(database);
        await using var scope = host.Services.CreateAsyncScope();
        var columns = scope.ServiceProvider.GetRequiredService<PatchbayDb>().Model.GetEntityTypes()
            .SelectMany(e => e.GetProperties().Where(p => p.ClrType == typeof(byte[])).Select(p => $"{e.GetTableName()}.{p.GetColumnName()}"))
            .Except(NotSealed, StringComparer.Ordinal).Order(StringComparer.Ordinal);

        // A column that is sealed and does not stand in SealedColumn.All would be lost by the next rotation.
        Assert.Equal(SealedColumn.All.Select(c => c.ToString()).Order(StringComparer.Ordinal), columns);
    }

    private static readonly string[] NotSealed =
    [
        "actions.content_hash", "api_keys.hash", "audit_heads.anchor_hash", "audit_heads.code", "audit_heads.hash", "audit_records.code", "audit_records.hash", "audit_records.previous_hash",
        "connector_versions.content_hash", "connector_versions.source_content_hash", "contents.body", "contents.hash", "definitions.content_hash", "events.duplicate_key", "idempotent_outcomes.key_hash",
        "instance_values.value", "merge_base_parts.base_hash", "merge_base_parts.content_hash", "merge_bases.hash", "organisations.retired_key", "organisations.wrapped_key", "trigger_endpoints.previous_token_hash", "trigger_endpoints.token_hash", "triggers.content_hash",
        "uploads.content", "uploads.signature_hash",
    ];

    private static Task WriteAsync(PatchbayHost host, string id, byte[] secret) =>
        host.ExecuteAsync("UPDATE credentials SET secret = @p0 WHERE id = @p1", secret, id);

    private static async Task<bool> OpensAsync(PatchbayHost host, Tenant tenant, string id)
    {
        await using var scope = Enter(host, tenant);
        var row = Ulid.Parse(id);
        var credential = await scope.ServiceProvider.GetRequiredService<PatchbayDb>().Credentials.AsNoTracking()
            .SingleAsync(c => c.Id == row, TestContext.Current.CancellationToken);
        try
        {
            await host.Services.GetRequiredService<SecretStore>().OpenAsync(credential, TestContext.Current.CancellationToken);
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static async Task<(string Id, byte[] Secret)> OnlySecretAsync(PatchbayHost host, Tenant tenant) => Assert.Single(await SecretsAsync(host, tenant));

    private static async Task<IReadOnlyList<(string Id, byte[] Secret)>> SecretsAsync(PatchbayHost host, Tenant tenant)
    {
        await using var scope = Enter(host, tenant);
        return [.. (await scope.ServiceProvider.GetRequiredService<PatchbayDb>().Credentials.AsNoTracking().ToListAsync(TestContext.Current.CancellationToken))
            .Select(c => (c.Id.ToString(), c.Secret!))];
    }

    private static AsyncServiceScope Enter(PatchbayHost host, Tenant tenant)
    {
        var scope = host.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<RequestScope>().Enter(Caller.Operator.Instance, Ulid.Parse(tenant.Id));
        return scope;
    }
}
