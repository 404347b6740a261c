using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Patchbay.Platform.Audit;
using Patchbay.Platform.Credentials;
using Patchbay.Platform.Events;

namespace Patchbay.Platform.Data;

/// <summary>What differs by database.</summary>
internal interface IStoreDialect
{
    /// <summary>Connects a context to the database.</summary>
    void Configure(DbContextOptionsBuilder options);

    /// <summary>Column types that the database needs other than EF's own choice.</summary>
    void ConfigureConventions(ModelConfigurationBuilder conventions);

    /// <summary>Collations and the like.</summary>
    void ConfigureModel(ModelBuilder model);

    /// <summary>Creates the database where there is none and brings it to the current schema. Safe to run by several processes at once.</summary>
    Task MigrateAsync(PatchbayDb db, CancellationToken cancellationToken);

    /// <summary>
    /// Begins a transaction that will write. Until it ends, no other that names the same key gets past this call, on any node; so what
    /// it reads of the resource stays true until it commits.
    /// </summary>
    /// <param name="db">The context.</param>
    /// <param name="key">What is being changed: the id of a connector, or of an organisation.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<IDbContextTransaction> BeginWriteAsync(PatchbayDb db, Ulid key, CancellationToken cancellationToken);

    /// <summary>Within a write transaction, keeps out changes to one more resource until it ends; shared, it lets other sharers in.</summary>
    Task LockAsync(PatchbayDb db, Ulid key, bool shared, CancellationToken cancellationToken);

    /// <summary>Stores contents that are not there yet. Runs inside the context's transaction.</summary>
    Task StoreContentsAsync(PatchbayDb db, IReadOnlyList<Versions.Content> contents, CancellationToken cancellationToken);

    /// <summary>
    /// Copies every action, trigger, definition and definition use of a version into another, empty one, set by set. Contents are shared,
    /// ids are new. Runs inside the context's transaction.
    /// </summary>
    /// <param name="db">The context.</param>
    /// <param name="from">The version to copy.</param>
    /// <param name="into">The version to fill.</param>
    /// <param name="idPrefix">The first 10 characters of the new ids: <see cref="Identifiers.TimePrefix"/>.</param>
    /// <param name="now">The new rows' time.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task CopyContentsAsync(
        PatchbayDb db, Ulid from, Ulid into, string idPrefix, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Keeps the contents of a published version as a merge base, set by set, where some version was imported from it and they are not kept
    /// already. Runs inside the context's transaction.
    /// </summary>
    /// <param name="db">The context.</param>
    /// <param name="version">The version.</param>
    /// <param name="contentHash">Its content hash, by which the base is found.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task KeepMergeBaseAsync(PatchbayDb db, Ulid version, byte[] contentHash, CancellationToken cancellationToken);

    /// <summary>Deletes merge bases that no version was imported from any more. Runs inside the context's transaction.</summary>
    /// <returns>How many were deleted.</returns>
    Task<int> DeleteUnusedMergeBasesAsync(PatchbayDb db, CancellationToken cancellationToken);

    /// <summary>Deletes contents that nothing refers to any more; at most so many as one short transaction can.</summary>
    /// <returns>How many were deleted.</returns>
    Task<int> DeleteUnusedContentsAsync(PatchbayDb db, CancellationToken cancellationToken);

    /// <summary>Sealed values of an organisation, in the order of their rows.</summary>
    /// <param name="db">The context.</param>
    /// <param name="column">Where they stand.</param>
    /// <param name="organisationId">Whose they are.</param>
    /// <param name="after">The row behind which to begin.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<IReadOnlyList<SealedValue>> ReadSealedAsync(
        PatchbayDb db, SealedColumn column, Ulid organisationId, Ulid after, int count, CancellationToken cancellationToken);

    /// <summary>The sealed value of one row, or null where there is none.</summary>
    Task<byte[]?> ReadSealedAsync(PatchbayDb db, SealedColumn column, Ulid rowId, CancellationToken cancellationToken);

    /// <summary>
    /// Replaces sealed values that are still what they were, in one short transaction of its own. Rows that somebody else is changing may be
    /// left out: it never waits for one, so it is never in anybody's way for long.
    /// </summary>
    /// <returns>How many were replaced.</returns>
    Task<int> ReplaceSealedAsync(PatchbayDb db, SealedColumn column, IReadOnlyList<ResealedValue> values, CancellationToken cancellationToken);

    /// <summary>Counts sealed values by organisation and beginning.</summary>
    /// <param name="db">The context.</param>
    /// <param name="column">Where they stand.</param>
    /// <param name="organisationId">Whose; null for all.</param>
    /// <param name="cancellationToken">Cancels.</param>
    Task<IReadOnlyList<SealedCount>> CountSealedAsync(PatchbayDb db, SealedColumn column, Ulid? organisationId, CancellationToken cancellationToken);

    /// <summary>
    /// The end of an audit chain, kept for this transaction alone until it ends. Nothing else may be waited for from then on.
    /// </summary>
    /// <returns>Null where there is no such chain.</returns>
    Task<AuditHead?> HoldAuditHeadAsync(PatchbayDb db, Ulid organisationId, CancellationToken cancellationToken);

    /// <summary>Adds records to a chain and puts the new end in the place of the one that is held. Runs inside the context's transaction.</summary>
    Task AppendAuditAsync(PatchbayDb db, AuditHead head, IReadOnlyList<AuditRecord> records, CancellationToken cancellationToken);

    /// <summary>Whether there is an organisation, as the context's transaction sees it. For use while the context itself is saving.</summary>
    Task<bool> HasOrganisationAsync(PatchbayDb db, Ulid organisationId, CancellationToken cancellationToken);

    /// <summary>Sees to it that one process at a time changes keys, on any node.</summary>
    /// <returns>Ends that when disposed, as does the end of the process; null where another does already.</returns>
    Task<IAsyncDisposable?> TryBeginKeyChangeAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Stores events in one transaction that is durable when this returns. Within it the keys of their organisations are held as by
    /// <see cref="Organisations.OrganisationKeys.HoldAsync"/>; an event that was sealed with another key than the one in force is left out.
    /// An event that nobody subscribed to is stored as one whose deliveries are made: most are, and a second write for each would cost as much as the first.
    /// </summary>
    /// <param name="events">The events. Their contents are sealed.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <returns>What became of each.</returns>
    Task<IReadOnlyList<EventFate>> StoreEventsAsync(IReadOnlyList<ReceivedEvent> events, CancellationToken cancellationToken);

    /// <summary>Whether a save failed because a unique index holds the value already.</summary>
    bool IsUniqueViolation(DbUpdateException exception);

    /// <summary>Whether a save failed because what it refers to is not there any more.</summary>
    bool IsMissingReference(DbUpdateException exception);

    /// <summary>Whether one server at a time uses the store, so that what an earlier one held is free when another starts.</summary>
    bool HasOneServer { get; }

    /// <summary>Stores deliveries that are not there yet. Runs inside the context's transaction.</summary>
    Task StoreDeliveriesAsync(PatchbayDb db, IReadOnlyList<Subscriptions.Delivery> deliveries, CancellationToken cancellationToken);

    /// <summary>
    /// Stores attempts, and what became of their deliveries where those are still pending. Runs inside the context's transaction. What was
    /// deleted meanwhile is left out.
    /// </summary>
    Task StoreAttemptsAsync(PatchbayDb db, IReadOnlyList<Subscriptions.Sending.AttemptRecord> attempts, CancellationToken cancellationToken);
}
