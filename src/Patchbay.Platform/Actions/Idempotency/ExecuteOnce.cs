using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Actions.Execution;
using Patchbay.Platform.Data;
using Patchbay.Platform.Http;

namespace Patchbay.Platform.Actions.Idempotency;

/// <summary>Runs an action under the key that its caller gave it.</summary>
internal sealed class ExecuteOnce(RunOnce once, RequestScope scope)
{
    private static readonly JsonElement Null = JsonSerializer.SerializeToElement<object?>(null);

    /// <summary>What attempts end with that sent no byte of the request: nobody listened, or was who he had to be.</summary>
    private static readonly string[] SentNothing = ["upstream_unreachable", "upstream_tls_failed", "host_not_allowed"];

    /// <summary>Runs it, unless it ran.</summary>
    /// <param name="call">The call.</param>
    /// <param name="key">The key.</param>
    /// <param name="request">All that was asked for.</param>
    /// <param name="cancellationToken">Ends the wait, never the call.</param>
    public Task<Outcome<NamedOutcome>> RunAsync(ActionCall call, string key, ActionExecutionRequestJson request, CancellationToken cancellationToken) =>
        once.RunAsync(KeyOf(call, key), FingerprintOf(call, request), async (services, token) =>
        {
            var executed = await services.GetRequiredService<ExecuteAction>().RunAsync(call, token);
            return executed.Succeeded(out var done, out var failure) ? new RunResult.Ran(KeptAnswer.Of(done))
                : WasSent(failure) ? new RunResult.Ran(KeptAnswer.Of(failure))
                : new RunResult.NotSent(failure);
        }, cancellationToken);

    /// <summary>Runs one whose answer passes through, unless it ran.</summary>
    /// <param name="call">The call.</param>
    /// <param name="key">The key.</param>
    /// <param name="request">All that was asked for.</param>
    /// <param name="run">Makes the call.</param>
    public async Task<Outcome<ExecutedAction?>> StreamAsync(ActionCall call, string key, ActionExecutionRequestJson request, Func<Task<Outcome<ExecutedAction?>>> run)
    {
        if (!(await once.BeginStreamAsync(KeyOf(call, key), FingerprintOf(call, request))).Succeeded(out var claimed, out var refused))
            return refused;
        await using (claimed)
        {
            var outcome = await run();
            if (outcome.Failure is { } failure && !WasSent(failure))
                claimed.NotSent();
            else
                claimed.Ran();
            return outcome;
        }
    }

    private OutcomeKey KeyOf(ActionCall call, string key) => OutcomeKey.Of(scope.OrganisationId!.Value, scope.Caller!, call.ConnectionId, call.Action, key);

    private static byte[] FingerprintOf(ActionCall call, ActionExecutionRequestJson request)
    {
        var sound = request with { Body = Sound(request.Body), Pagination = request.Pagination is { } pages ? pages with { Start = Sound(pages.Start) } : null };
        return RequestFingerprint.Of($"{call.ConnectorId}/{call.Version}", JsonSerializer.SerializeToElement(sound, ApiJson.Options));

        static JsonElement Sound(JsonElement element) => element.ValueKind == JsonValueKind.Undefined ? Null : element;
    }

    /// <summary>Whether the API may have been reached: a failure lists the attempts that there were.</summary>
    private static bool WasSent(Failure failure) =>
        failure.Extension is ActionAttemptsJson { Attempts: var attempts } && attempts.Any(a => !SentNothing.Contains(a.Failure, StringComparer.Ordinal));
}
