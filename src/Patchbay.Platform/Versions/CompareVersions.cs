using Microsoft.EntityFrameworkCore;
using Patchbay.Importing.Comparing;
using Patchbay.Platform.Data;

namespace Patchbay.Platform.Versions;

/// <summary>Says how versions differ. Parts that did not change are found by their hashes, and are not read.</summary>
internal sealed class CompareVersions(PatchbayDb db, StoredPartsReader reader)
{
    /// <summary>Compares two versions of a connector.</summary>
    /// <param name="connectorId">The connector.</param>
    /// <param name="versionName">What is compared.</param>
    /// <param name="against">What it is held against; null for the version named latest, else the newest draft besides.</param>
    /// <param name="cancellationToken">Cancels.</param>
    public async Task<Outcome<VersionDifferenceJson>> RunAsync(
        string connectorId, string versionName, string? against, CancellationToken cancellationToken)
    {
        var found = await db.FindVersionAsync(connectorId, versionName, cancellationToken);
        if (!found.Succeeded(out var version, out var failure))
            return failure;
        var basis = await FindBasisAsync(version.ConnectorId, against, version.Id, cancellationToken);
        if (!basis.Succeeded(out var other, out failure))
            return failure;
        other = other.Version is null ? new Basis(version) : other;
        var difference = await RunAsync(
            await reader.OfVersionAsync(other.Version!.Id, cancellationToken), await reader.OfVersionAsync(version.Id, cancellationToken), cancellationToken);
        return VersionDifferenceJson.Of(difference, ComparedVersionJson.Of(other.Version), ComparedVersionJson.Of(version));
    }

    /// <summary>Compares parts, reading what it takes.</summary>
    public async Task<ContentsDifference> RunAsync(StoredParts before, StoredParts after, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (ContentsComparison.Compare(before.Parts, after.Parts) is { } difference)
                return difference;
            await reader.AddMissingAsync(before, cancellationToken);
            await reader.AddMissingAsync(after, cancellationToken);
        }
    }

    /// <summary>Finds what a version of a connector is to be held against.</summary>
    /// <param name="connectorId">The connector.</param>
    /// <param name="against">A version's name; null for the version named latest, else the newest draft.</param>
    /// <param name="except">A draft that it is not to be, unless by its name.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>The version, none where the connector has none; or that there is none of the name.</returns>
    public async Task<Outcome<Basis>> FindBasisAsync(Ulid connectorId, string? against, Ulid? except, CancellationToken cancellationToken)
    {
        var found = await db.FindVersionAsync(connectorId.ToString(), against ?? ConnectorVersion.Latest, cancellationToken);
        if (found.Succeeded(out var version, out _))
            return new Basis(version);
        if (against is not null)
            return Failure.InvalidField("against", "names no version of this connector");
        return new Basis(await db.Versions.Where(v => v.ConnectorId == connectorId && v.Id != except)
            .OrderByDescending(v => v.CreatedAt).ThenByDescending(v => v.Id).FirstOrDefaultAsync(cancellationToken));
    }
}

/// <summary>The version that another is held against, if there is any.</summary>
internal sealed record Basis(ConnectorVersion? Version);
