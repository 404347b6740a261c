using System.Text.Json.Nodes;
using Patchbay.ServerTests.Hosting;

namespace Patchbay.ServerTests.Contract;

/// <summary>A call with which an operation answers a status that not every operation can.</summary>
/// <param name="Operation">The operation.</param>
/// <param name="Status">The status.</param>
/// <param name="Call">Makes it so that the call is answered like this, and makes the call.</param>
internal sealed record SpecialCase(string Operation, int Status, Func<ContractWorld, Task<Answer>> Call);

/// <summary>
/// What the test of the contract calls in one of the published APIs. Its sound call of an operation is the published path filled with what a populated
/// organisation has, and a body out of <see cref="BodyAsync"/>; what differs from that is in the tables here.
/// </summary>
/// <param name="Prefix">Where the API is served.</param>
/// <param name="File">The published description.</param>
/// <param name="Count">How many operations of it are in scope.</param>
internal sealed record ApiCases(string Prefix, string File, int Count)
{
    public static IReadOnlyList<ApiCases> All { get; } = [ConnectCases.Cases, EmbeddedCases.Cases, OrganisationsCases.Cases];

    /// <summary>Every operation in scope.</summary>
    public required IReadOnlyList<string> Operations { get; init; }

    /// <summary>Those that the server does not have yet.</summary>
    public IReadOnlyList<string> NotYet { get; init; } = [];

    /// <summary>Published operations that are out of scope for good.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    /// <summary>Published fields that are out of scope for good, by their schema.</summary>
    public IReadOnlyList<(string Schema, string Field)> FieldsLeftOut { get; init; } = [];

    /// <summary>Writes that answer every conflict that there could be with another status, and why. Each has been looked at.</summary>
    public required IReadOnlyDictionary<string, string> NeverConflicts { get; init; }

    /// <summary>What a path may name although there is no such thing.</summary>
    public IReadOnlyList<(string Operation, string Parameter)> NeverMissing { get; init; } = [];

    /// <summary>Calls for what cannot be had by spoiling a sound call.</summary>
    public IReadOnlyList<SpecialCase> Special { get; init; } = [];

    /// <summary>The version that a sound call is for.</summary>
    public Func<string, ContractWorld, string> VersionFor { get; init; } = (_, world) => world.Populated.DraftVersion;

    /// <summary>The query of a sound call, with its question mark.</summary>
    public Func<string, string> QueryFor { get; init; } = _ => "";

    /// <summary>The body of a sound call, or null.</summary>
    public Func<string, ContractWorld, string, Task<JsonObject?>> BodyAsync { get; init; } = (operation, world, _) => RequestBodies.ForAsync(operation, world.Populated);

    /// <summary>Who makes a sound call; null for the populated organisation.</summary>
    public Func<string, ContractWorld, Api?> CallerFor { get; init; } = (_, _) => null;

    /// <summary>The published description, or null where it is not there.</summary>
    public PublishedApi? Published => PublishedApi.Of(File, FieldsLeftOut);

    /// <summary>The API that has an operation.</summary>
    public static ApiCases Of(string operation) => All.Single(a => a.Operations.Contains(operation, StringComparer.Ordinal));
}

/// <summary>What the calls are made in: an organisation with one of everything, whose connector is in the library, and another that takes from there.</summary>
/// <param name="Populated">The organisation.</param>
/// <param name="Other">The other one.</param>
internal sealed record ContractWorld(PopulatedTenant Populated, Tenant Other)
{
    public Tenant Tenant => Populated.Tenant;

    public Task<Answer> PostAsync(string path, object? body) => Tenant.PostAsync(Filled(path), body);

    public string Filled(string path) => path.Replace("{connector_id}", Populated.ConnectorId, StringComparison.Ordinal);
}
