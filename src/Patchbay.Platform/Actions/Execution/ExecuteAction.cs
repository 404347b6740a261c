using Patchbay.Platform.Actions.Queries;

namespace Patchbay.Platform.Actions.Execution;

/// <summary>
/// Runs an action: checks all that is given against the action and its definitions, sends the request with the connection's credentials, and
/// holds the answer against its declared response. A wrong call fails before anything is sent; whatever the API answers is a success of this.
/// </summary>
internal sealed class ExecuteAction(PrepareAction prepare, SendAction send, RunQuery queries)
{
    /// <summary>Runs an action of the current organisation, whose data the <see cref="Data.RequestScope"/> lets see.</summary>
    /// <param name="call">What is to be run, and through which connection.</param>
    /// <param name="cancellationToken">The caller's patience. An action that was sent may have been done all the same.</param>
    /// <returns>
    /// What the API answered, or why it was not asked or did not answer: <c>invalid_request</c> with every faulty field; <c>connector_not_found</c>,
    /// <c>version_not_found</c>, <c>action_not_found</c> or <c>connection_not_found</c>; <c>connection_busy</c>; what keeps the connection's credentials
    /// from being used; <c>host_not_allowed</c>; or an <c>upstream_…</c> failure, whose extension lists the attempts.
    /// </returns>
    public async Task<Outcome<ExecutedAction>> RunAsync(ActionCall call, CancellationToken cancellationToken)
    {
        if (!(await prepare.FindAsync(call, cancellationToken)).Succeeded(out var called, out var failure))
            return failure;
        if (called.Action.Query is not null)
            return await queries.RunAsync(await prepare.QueryAsync(called, cancellationToken), cancellationToken);
        if (!(await prepare.RunAsync(called, cancellationToken)).Succeeded(out var prepared, out failure))
            return failure;
        if (!(await send.RunAsync(prepared, whole: true, cancellationToken)).Succeeded(out var answer, out failure))
            return failure;
        using (answer)
            return ReadAnswer.Of(prepared, answer);
    }
}
