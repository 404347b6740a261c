using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Patchbay.Platform.Data;
using Patchbay.Vault;

namespace Patchbay.Platform.Organisations;

/// <summary>The data keys of organisations, unwrapped when first needed and kept in memory.</summary>
internal sealed class OrganisationKeys(KeyRing ring, IServiceScopeFactory scopes)
{
    private readonly ConcurrentDictionary<Ulid, DataKey> _keys = new();

    /// <summary>A wrapped key for a new organisation.</summary>
    public byte[] WrapNew(Ulid organisationId) => ring.WrapNewDataKey(ContextOf(organisationId));

    /// <summary>The key of an organisation.</summary>
    /// <exception cref="InvalidDataException">The stored key does not open: it was changed, or its instance key is gone.</exception>
    public async ValueTask<DataKey> OfAsync(Ulid organisationId, CancellationToken cancellationToken)
    {
        if (_keys.TryGetValue(organisationId, out var key))
            return key;
        await using var scope = scopes.CreateAsyncScope();
        var wrapped = await scope.ServiceProvider.GetRequiredService<PatchbayDb>().Organisations
            .Where(o => o.Id == organisationId).Select(o => o.WrappedKey).SingleAsync(cancellationToken);
        if (!ring.Unwrap(wrapped, ContextOf(organisationId)).TryGet(out var unwrapped, out var failure))
            throw new InvalidDataException($"The data key of organisation {organisationId} does not open ({failure}).");
        // Two first uses at once unwrap twice; both keys are the same, and the loser's is dropped.
        return _keys.GetOrAdd(organisationId, unwrapped);
    }

    private static SecretContext ContextOf(Ulid organisationId) => SecretContext.Of("organisation-key", organisationId.ToString());
}
