using System.Diagnostics;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Vault;

/// <summary><c>patchbay vault rotate</c> as a process of its own, beside servers that work.</summary>
public sealed class RotationTests
{
    private static readonly string[] Rotate = ["vault", "rotate"];
    private static readonly string[] Status = ["vault", "status"];

    [Theory, EachDatabase]
    public async Task All_keys_are_changed_under_load_and_no_request_fails(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var upstream = await SealedStore.EchoAsync();
        var secrets = Counts.Of(reduced: 300, full: 10_000);
        var store = await SealedStore.MakeAsync(host, upstream, secrets);
        var before = await KeyFileAsync(host);
        using var done = new CancellationTokenSource();
        var calls = 0;
        var made = new List<(string, string)>();
        var organisations = new List<Tenant>();
        Task[] load = [MakeConnectionsAsync(), MakeOrganisationsAsync(), CallAsync(0), CallAsync(1)];

        var began = Stopwatch.GetTimestamp();
        await using var rotate = ServerProcess.Command(Rotate, host.DataDir, host.ConnectionString);
        var output = await rotate.EndedAsync();
        var took = Stopwatch.GetElapsedTime(began);
        await done.CancelAsync();
        await Task.WhenAll(load);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{secrets} secrets in {took.TotalSeconds:F1} s, start of the process included; meanwhile {calls} proxied requests, {made.Count} connections and {organisations.Count} organisations made");

        Assert.Contains("All keys were changed", output, StringComparison.Ordinal);
        Assert.True(calls > 0 && made.Count > 0, $"{calls} calls and {made.Count} connections say nothing");
        Assert.Empty(host.Log.Errors);
        var after = await KeyFileAsync(host);
        Assert.Equal(2, SealedStore.KeyIdsIn(after).Count);
        Assert.Equal(SealedStore.KeyIdsIn(before)[0], SealedStore.KeyIdsIn(after)[1]);
        Assert.Equal(0L, await host.ScalarAsync<long>("SELECT COUNT(*) FROM organisations WHERE retired_key IS NOT NULL"));
        var status = await StatusAsync(host);
        Assert.Contains("none under way", status, StringComparison.Ordinal);
        Assert.DoesNotContain("sealed anew", status, StringComparison.Ordinal);
        Assert.DoesNotContain($"under {SealedStore.KeyIdsIn(before)[0]}", status, StringComparison.Ordinal);

        store.Connections.AddRange(made);
        await using var fresh = ServerProcess.Start(host.DataDir, host.ConnectionString);
        await store.CallAllOnAsync(fresh);

        async Task MakeConnectionsAsync()
        {
            while (!done.IsCancellationRequested)
                made.Add(await store.ConnectAsync(store.Tenant.Api));
        }

        async Task MakeOrganisationsAsync()
        {
            while (!done.IsCancellationRequested)
                organisations.Add((await SealedStore.MakeAsync(host, upstream, 1)).Tenant);
        }

        async Task CallAsync(int worker)
        {
            for (var i = worker; !done.IsCancellationRequested; i++)
            {
                await SealedStore.CallAsync(store.Tenant.Api, store.Connections[i % store.Connections.Count]);
                Interlocked.Increment(ref calls);
            }
        }
    }

    [Theory, EachDatabase]
    public async Task A_rotation_that_was_killed_goes_on_and_nothing_is_lost_meanwhile(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var upstream = await SealedStore.EchoAsync();
        var store = await SealedStore.MakeAsync(host, upstream, Counts.Of(reduced: 500, full: 5_000));
        var random = new Random(20261124);
        var unfinished = 0;
        var rounds = Counts.Of(reduced: 1, full: 40);
        for (var round = 0; round < rounds; round++)
        {
            await using var killed = ServerProcess.Command(Rotate, host.DataDir, host.ConnectionString);
            await killed.SaidAsync("sealed anew");
            await Task.Delay(TimeSpan.FromMilliseconds(random.Next(round == 0 ? 1 : 1500)), TestContext.Current.CancellationToken);
            await killed.KillAsync();

            unfinished += (await StatusAsync(host)).Contains("unfinished: run patchbay vault rotate", StringComparison.Ordinal) ? 1 : 0;
            foreach (var connection in store.Connections)
                await SealedStore.CallAsync(store.Tenant.Api, connection);
            store.Connections.Add(await store.ConnectAsync(store.Tenant.Api));
            await using var fresh = ServerProcess.Start(host.DataDir, host.ConnectionString);
            await store.CallAllOnAsync(fresh);
        }

        Assert.True(unfinished > 0, "No rotation was killed before it was done");
        await using var last = ServerProcess.Command(Rotate, host.DataDir, host.ConnectionString);
        await last.EndedAsync();
        Assert.Contains("none under way", await StatusAsync(host), StringComparison.Ordinal);
        // All runs were one rotation, unless one was killed after its end.
        Assert.InRange(SealedStore.KeyIdsIn(await KeyFileAsync(host)).Count, 2, rounds + 2);
        foreach (var connection in store.Connections)
            await SealedStore.CallAsync(store.Tenant.Api, connection);
        Assert.Empty(host.Log.Errors);
    }

    [Theory, EachDatabase]
    public async Task A_server_with_a_key_file_of_its_own_takes_part_and_needs_the_new_one_at_its_next_start_only(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var upstream = await SealedStore.EchoAsync();
        var store = await SealedStore.MakeAsync(host, upstream, secrets: 30);
        // The server that was there first goes on with this copy of the file; the rotation changes the other.
        var kept = Path.Combine(host.DataDir, "rotated.key");
        File.Copy(Path.Combine(host.DataDir, "vault.key"), kept);

        await using var rotate = ServerProcess.Command([.. Rotate, "--vault-key-file", kept, "--drop-old"], host.DataDir, host.ConnectionString);
        await rotate.EndedAsync();

        foreach (var connection in store.Connections)
            await SealedStore.CallAsync(store.Tenant.Api, connection);
        var later = await SealedStore.MakeAsync(host, upstream, secrets: 1);
        await SealedStore.CallAsync(later.Tenant.Api, later.Connections[0]);
        Assert.Contains(host.Log.Lines, l => l.Contains("in memory only", StringComparison.Ordinal));

        var newId = Assert.Single(SealedStore.KeyIdsIn(await File.ReadAllTextAsync(kept, TestContext.Current.CancellationToken)));
        await using (var refused = ServerProcess.Start(host.DataDir, host.ConnectionString))
            Assert.Contains($"the store needs {newId}", await refused.EndedAsync(1), StringComparison.Ordinal);
        await using var started = ServerProcess.Start(host.DataDir, host.ConnectionString, more: ["--vault-key-file", kept]);
        await store.CallAllOnAsync(started);
    }

    [Theory, EachDatabase]
    public async Task A_secret_that_does_not_open_is_named_and_its_old_key_is_kept_for_it(Database database)
    {
        await using var host = await PatchbayHost.StartAsync(database);
        await using var upstream = await SealedStore.EchoAsync();
        var store = await SealedStore.MakeAsync(host, upstream, secrets: 30);
        var damaged = await host.ScalarAsync<string>("SELECT id FROM credentials ORDER BY id LIMIT 1");
        var secret = await host.ScalarAsync<byte[]>("SELECT secret FROM credentials WHERE id = @p0", damaged);
        var changed = (byte[])secret.Clone();
        changed[^1] ^= 1;
        await host.ExecuteAsync("UPDATE credentials SET secret = @p0 WHERE id = @p1", changed, damaged);

        await using (var first = ServerProcess.Command([.. Rotate, "--drop-old"], host.DataDir, host.ConnectionString))
            Assert.Contains($"credentials.secret of {damaged} (Tampered)", await first.EndedAsync(1), StringComparison.Ordinal);
        Assert.Contains("1 in credentials.secret at key version 1, 1 of them to be sealed anew", await StatusAsync(host), StringComparison.Ordinal);

        // From a backup, where it is sealed with the old key.
        await host.ExecuteAsync("UPDATE credentials SET secret = @p0 WHERE id = @p1", secret, damaged);
        await using (var second = ServerProcess.Command([.. Rotate, "--drop-old"], host.DataDir, host.ConnectionString))
            await second.EndedAsync();
        Assert.Single(SealedStore.KeyIdsIn(await KeyFileAsync(host)));
        foreach (var connection in store.Connections)
            await SealedStore.CallAsync(store.Tenant.Api, connection);
    }

    [Fact]
    public async Task No_rotation_gets_past_a_secret_that_is_about_to_be_stored()
    {
        await using var host = await PatchbayHost.StartAsync(Database.Postgres);
        await using var upstream = await SealedStore.EchoAsync();
        var store = await SealedStore.MakeAsync(host, upstream, secrets: 1);
        var organisation = Ulid.Parse(store.Tenant.Id);
        var token = TestContext.Current.CancellationToken;
        var secrets = host.Services.GetRequiredService<SecretStore>();
        await using var scope = host.Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<RequestScope>().Enter(Caller.Operator.Instance, organisation);
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();
        var credential = await db.Credentials.SingleAsync(token);

        await using var transaction = await db.Dialect.BeginWriteAsync(db, credential.Id, token);
        credential.Secret = await secrets.SealAsync(db, organisation, credential.Id, Encoding.UTF8.GetBytes("changed"), token);
        await using var rotate = ServerProcess.Command([.. Rotate, "--drop-old"], host.DataDir, host.ConnectionString);
        var ended = rotate.ExitedAsync();
        while (await host.ScalarAsync<long>("SELECT COUNT(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted") == 0)
            Assert.False(ended.IsCompleted, $"The rotation did not wait:\n{rotate.Output}");
        await db.SaveChangesAsync(token);
        await transaction.CommitAsync(token);

        await rotate.EndedAsync();
        var now = await db.Credentials.AsNoTracking().SingleAsync(token);
        Assert.Equal(2, Patchbay.Vault.DataKey.NumberOf(now.Secret));
        Assert.Equal("changed", Encoding.UTF8.GetString(await secrets.OpenAsync(now, token)));

        // What was read before the rotation leads to what stands there now.
        Assert.Equal(1, Patchbay.Vault.DataKey.NumberOf(credential.Secret));
        await using var fresh = ServerProcess.Start(host.DataDir, host.ConnectionString);
        Assert.Equal("changed", Encoding.UTF8.GetString(await secrets.OpenAsync(credential, token)));
    }

    [Fact]
    public async Task Sealing_outside_a_transaction_is_refused()
    {
        await using var host = await PatchbayHost.StartAsync(Database.Sqlite);
        var tenant = await host.NewOrganisationAsync();
        await using var scope = host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PatchbayDb>();

        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Services.GetRequiredService<SecretStore>()
            .SealAsync(db, Ulid.Parse(tenant.Id), Ulid.Parse(tenant.Id), [1], TestContext.Current.CancellationToken));
    }

    private static async Task<string> StatusAsync(PatchbayHost host)
    {
        await using var status = ServerProcess.Command(Status, host.DataDir, host.ConnectionString);
        return await status.EndedAsync();
    }

    private static Task<string> KeyFileAsync(PatchbayHost host) =>
        File.ReadAllTextAsync(Path.Combine(host.DataDir, "vault.key"), TestContext.Current.CancellationToken);
}
