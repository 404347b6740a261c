using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Patchbay.Platform.Data;

namespace Patchbay.Server;

/// <summary>
/// EF's model of the store, built once for each kind of database. EF itself builds one for every set of options: a start would build it to
/// open the store and again to serve, for up to a second of processor time each.
/// </summary>
internal static class StoreModel
{
    private static readonly ConcurrentDictionary<Type, IModel> Built = new();

    /// <summary>Uses the model that was built already, if one was.</summary>
    public static void UseModelOf(this DbContextOptionsBuilder options, IStoreDialect dialect)
    {
        if (Built.TryGetValue(dialect.GetType(), out var model))
            options.UseModel(model);
    }

    /// <summary>Keeps the model that a context has.</summary>
    public static void Keep(PatchbayDb db) => Built.TryAdd(db.Dialect.GetType(), db.Model);
}
