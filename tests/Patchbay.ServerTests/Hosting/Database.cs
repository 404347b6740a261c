using System.Reflection;
using Xunit;
using Xunit.Sdk;
using Xunit.v3;

namespace Patchbay.ServerTests.Hosting;

/// <summary>A database that the server runs on.</summary>
public enum Database
{
    Sqlite,
    Postgres,
}

/// <summary>Every database that the server runs on: what holds of the store must hold on each.</summary>
public static class Databases
{
    public static readonly IReadOnlyList<Database> All = Enum.GetValues<Database>();
}

/// <summary>Runs a theory once on each database, with the <see cref="Database"/> as its argument.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class EachDatabaseAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>([.. Databases.All.Select(d => new TheoryDataRow<Database>(d))]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
