using Patchbay.Functions;
using Patchbay.OAuth.Tokens;
using Patchbay.Protocols.Http;

namespace Patchbay.Platform.Grants;

/// <summary>What requests carry, as a function of the connector's says it.</summary>
/// <param name="functions">Runs it.</param>
/// <param name="organisationId">For whom.</param>
/// <param name="function">The function.</param>
/// <param name="values">The credential's values.</param>
/// <param name="variables">The connection's variables.</param>
/// <param name="clock">The clock of expiries.</param>
internal sealed class FunctionTokenSource(
    CustomFunctions functions, Ulid organisationId, FunctionDefinition function, IReadOnlyDictionary<string, string> values,
    IReadOnlyDictionary<string, string> variables, TimeProvider clock) : TokenSource
{
    public override async Task<TokenAnswer> AskAsync(GrantTokens? held, CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow();
        var result = await functions.RunAsync(
            organisationId, function, new FunctionContext { Values = values, Variables = variables, Previous = Previous(held) }, cancellationToken);
        if (result.Answer is not { } answer)
            return TokenAnswer.Of(RefusalOf(result.Failure!));
        return TokenAnswer.Of(
            new TokenGrant
            {
                AccessToken = answer.Token?.AccessToken ?? "",
                TokenType = "Bearer",
                ExpiresAt = answer.Token?.ExpiresIn is { } lifetime ? before + lifetime : null,
                Captured = answer.Variables,
            },
            answer.ToJson());
    }

    public override Outcome<IRequestCredential> Apply(GrantTokens tokens) => Outcome.Of<IRequestCredential>(new AllOf(Previous(tokens)?.Credentials ?? []));

    private static FunctionAnswer? Previous(GrantTokens? held) =>
        held?.Returned is { } returned && FunctionAnswer.TryRead(returned, out var answer, out _) ? answer : null;

    /// <summary>A busy or shaken machine passes; a script that fails is its author's to mend.</summary>
    private static TokenRefusal RefusalOf(FunctionFailure failure) => failure.MayPass
        ? new(RefusalMeaning.Passing, failure.Message, null, new Failure(FailureKind.Unavailable, "function_unavailable", failure.Message))
        : new(RefusalMeaning.Mendable, failure.Message, null, new Failure(FailureKind.BadGateway, "function_failed", failure.Message));

    /// <summary>Several credentials as one.</summary>
    private sealed class AllOf(IReadOnlyList<IRequestCredential> credentials) : IRequestCredential
    {
        public void Apply(OutgoingRequest request)
        {
            foreach (var credential in credentials)
                credential.Apply(request);
        }
    }
}
