using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Patchbay.Platform;
using Patchbay.Platform.Actions.Idempotency;
using Patchbay.Platform.Http;
using Patchbay.ServerTests.Hosting;
using Xunit;

namespace Patchbay.ServerTests.Idempotency;

/// <summary>A connection, and calls through it that are named by keys, on as many nodes of one store as a test wants.</summary>
internal sealed class NamedCalls
{
    private readonly PatchbayHost _host;
    private readonly TimeProvider _clock;
    private int _runs;

    private NamedCalls(PatchbayHost host, Tenant tenant, string connectionId, TimeProvider clock) =>
        (_host, Tenant, ConnectionId, _clock) = (host, tenant, connectionId, clock);

    public Tenant Tenant { get; }
    public string ConnectionId { get; }

    /// <summary>How often a call ran.</summary>
    public int Runs => _runs;

    public static async Task<NamedCalls> MakeAsync(PatchbayHost host, TimeProvider? clock = null)
    {
        var tenant = await host.NewOrganisationAsync();
        var connector = (await tenant.CreateConnectorAsync(configs: TenantSteps.ApiKeyConfig)).Id;
        return new NamedCalls(host, tenant, (await tenant.ConnectAsync(connector)).Id, clock ?? TimeProvider.System);
    }

    public OutcomeStore Store => _host.Services.GetRequiredService<OutcomeStore>();

    /// <summary>What another server on the same store would be: it shares nothing else.</summary>
    public RunOnce NewNode() => new(_host.Services.GetRequiredService<IServiceScopeFactory>(), Store, _clock, NullLogger<RunOnce>.Instance);

    public OutcomeKey Key(string key, string action = "send") =>
        OutcomeKey.Of(Ulid.Parse(Tenant.Id), new Caller.Backend(Ulid.Parse(Tenant.KeyId), Ulid.Parse(Tenant.Id), Allowance.All), Ulid.Parse(ConnectionId), action, key);

    public static byte[] Fingerprint(object request) => RequestFingerprint.Of("default", JsonSerializer.SerializeToElement(request));

    /// <summary>Makes a call that answers with a text and the number of its run.</summary>
    public Task<Outcome<NamedOutcome>> CallAsync(RunOnce node, string key, object? request = null, Func<int, Task<RunResult>>? run = null) =>
        node.RunAsync(Key(key), Fingerprint(request ?? "the same"), async (_, _) =>
        {
            var number = Interlocked.Increment(ref _runs);
            return run is null ? new RunResult.Ran(Encoding.UTF8.GetBytes($"outcome {number}")) : await run(number);
        }, TestContext.Current.CancellationToken);

    public static string TextOf(Outcome<NamedOutcome> outcome) =>
        outcome.Succeeded(out var named, out var failure) ? Encoding.UTF8.GetString(named.Outcome) : failure.Code;
}
