using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using Patchbay.Platform.Events;

namespace Patchbay.Storage.Sqlite;

/// <content>The storing of events, on a connection that is kept for it with its commands prepared. Only who is the one writer uses it.</content>
internal sealed partial class SqliteDialect
{
    /// <summary>How much is written between two checkpoints, in bytes of the log.</summary>
    private const long CheckpointAfter = 16 * 1024 * 1024;

    /// <summary>What an event costs in the log beside its content: the pages of its row and of its places in the indexes, of which one is by a hash and so seldom shared.</summary>
    private const int RowOverhead = 6 * 1024;

    /// <summary>How many pages of 4 KiB may be left to copy when writers have to wait for it.</summary>
    private const long ShortRest = 256;

    /// <summary>How often copying beside the writers begins anew until so few are left.</summary>
    private const int MaxPasses = 6;

    /// <summary>From this size of the log on, in pages, its file is cut: somebody read for long, and it grew.</summary>
    private const long MaxLogPages = 32 * 1024;

    private EventWriter? _events;
    private long _unchecked;
    private int _checkpointing;

    public async Task<IReadOnlyList<EventFate>> StoreEventsAsync(IReadOnlyList<ReceivedEvent> events, CancellationToken cancellationToken)
    {
        IReadOnlyList<EventFate> fates;
        await _writers.WaitAsync(cancellationToken);
        try
        {
            _events ??= new EventWriter(_connectionString);
            fates = _events.Store(events);
        }
        catch
        {
            // Whatever state it is in, the next batch begins anew.
            _events?.Dispose();
            _events = null;
            throw;
        }
        finally
        {
            _writers.Release();
        }

        _unchecked += events.Sum(e => (long)e.Content.Length + RowOverhead);
        if (_unchecked >= CheckpointAfter && Interlocked.Exchange(ref _checkpointing, 1) == 0)
        {
            _unchecked = 0;
            _ = Task.Run(CheckpointAsync, CancellationToken.None);
        }

        return fates;
    }

    /// <summary>
    /// Copies the log into the store beside the writers: SQLite would otherwise do it within a commit, which all who wait for that would feel. Under
    /// steady load there is always a rest that came meanwhile, and the log would grow without end. So it is copied again and again until the rest is
    /// short; for that the writers wait, and the next of them begins the log anew.
    /// </summary>
    private async Task CheckpointAsync()
    {
        try
        {
            await using var connection = new SqliteConnection(_connectionString);
            await connection.OpenAsync();
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA busy_timeout = 20; PRAGMA synchronous = FULL;";
            await command.ExecuteNonQueryAsync();
            command.CommandText = "PRAGMA wal_checkpoint(PASSIVE)";
            var copied = 0L;
            var pages = 0L;
            for (var pass = 0; pass < MaxPasses; pass++)
            {
                var before = copied;
                (pages, copied) = await CopyLogAsync(command);
                if (Math.Abs(copied - before) < ShortRest)
                    break;
            }

            await _writers.WaitAsync();
            try
            {
                if (pages >= MaxLogPages)
                    command.CommandText = "PRAGMA wal_checkpoint(TRUNCATE)";
                await CopyLogAsync(command);
            }
            finally
            {
                _writers.Release();
            }
        }
        catch (Exception e) when (e is SqliteException or ObjectDisposedException)
        {
            // Nothing is lost, only the log is longer: the next one goes on. Or the server ends.
        }
        finally
        {
            Volatile.Write(ref _checkpointing, 0);
        }
    }

    /// <returns>How many pages the log has, and how many of them have been copied.</returns>
    private static async Task<(long Pages, long Copied)> CopyLogAsync(SqliteCommand checkpoint)
    {
        await using var reader = await checkpoint.ExecuteReaderAsync();
        return await reader.ReadAsync() ? (reader.GetInt64(1), reader.GetInt64(2)) : (0, 0);
    }

    private sealed class EventWriter : IDisposable
    {
        private readonly SqliteConnection _connection;
        private readonly SqliteCommand _version;
        private readonly SqliteParameter _organisation;
        private readonly SqliteCommand _listens;
        private readonly SqliteParameter[] _connector;
        private readonly SqliteCommand _insert;
        private readonly SqliteParameter[] _values;

        public EventWriter(string connectionString)
        {
            // Not out of the pool: its settings are its own.
            _connection = new SqliteConnection(new SqliteConnectionStringBuilder(connectionString) { Pooling = false }.ToString());
            _connection.Open();
            using (var settings = _connection.CreateCommand())
            {
                settings.CommandText = "PRAGMA synchronous = FULL; PRAGMA busy_timeout = 30000; PRAGMA cache_size = -32000; PRAGMA wal_autocheckpoint = 0;";
                settings.ExecuteNonQuery();
            }

            _version = _connection.CreateCommand();
            _version.CommandText = "SELECT key_version FROM organisations WHERE id = $id";
            _organisation = _version.Parameters.Add("$id", SqliteType.Text);
            _listens = _connection.CreateCommand();
            _listens.CommandText = "SELECT EXISTS (SELECT 1 FROM subscriptions WHERE connector_id = $connector AND organisation_id = $organisation)";
            _connector = [_listens.Parameters.Add("$connector", SqliteType.Text), _listens.Parameters.Add("$organisation", SqliteType.Text)];
            _insert = _connection.CreateCommand();
            _insert.CommandText = """
                INSERT INTO events (id, organisation_id, connector_id, connection_id, trigger_name, version_name, origin, received_at, content, duplicate_key, fanned_out)
                VALUES ($id, $organisation, $connector, $connection, $trigger, $version, $origin, $received, $content, $duplicate, $done)
                ON CONFLICT (connection_id, trigger_name, duplicate_key) WHERE duplicate_key IS NOT NULL DO NOTHING
                """;
            _values =
            [
                _insert.Parameters.Add("$id", SqliteType.Text),
                _insert.Parameters.Add("$organisation", SqliteType.Text),
                _insert.Parameters.Add("$connector", SqliteType.Text),
                _insert.Parameters.Add("$connection", SqliteType.Text),
                _insert.Parameters.Add("$trigger", SqliteType.Text),
                _insert.Parameters.Add("$version", SqliteType.Text),
                _insert.Parameters.Add("$origin", SqliteType.Integer),
                _insert.Parameters.Add("$received", SqliteType.Integer),
                _insert.Parameters.Add("$content", SqliteType.Blob),
                _insert.Parameters.Add("$duplicate", SqliteType.Blob),
                _insert.Parameters.Add("$done", SqliteType.Integer),
            ];
            _version.Prepare();
            _listens.Prepare();
            _insert.Prepare();
        }

        public EventFate[] Store(IReadOnlyList<ReceivedEvent> events)
        {
            var fates = new EventFate[events.Count];
            var versions = new Dictionary<Ulid, int?>();
            var listened = new Dictionary<(Ulid Connector, Ulid Organisation), bool>();
            using var transaction = _connection.BeginTransaction(deferred: false);
            (_version.Transaction, _listens.Transaction, _insert.Transaction) = (transaction, transaction, transaction);
            for (var i = 0; i < fates.Length; i++)
            {
                var row = events[i];
                ref var version = ref CollectionsMarshal.GetValueRefOrAddDefault(versions, row.OrganisationId, out var known);
                if (!known)
                    version = VersionOf(row.OrganisationId);
                ref var listens = ref CollectionsMarshal.GetValueRefOrAddDefault(listened, (row.ConnectorId, row.OrganisationId), out known);
                if (!known)
                    listens = Listens(row);
                fates[i] = version is null ? EventFate.NoOrganisation
                    : version != row.KeyVersion ? EventFate.OutdatedKey
                    : Insert(row, listens) == 0 ? EventFate.Duplicate : EventFate.Stored;
            }

            transaction.Commit();
            return fates;
        }

        public void Dispose()
        {
            _version.Dispose();
            _listens.Dispose();
            _insert.Dispose();
            _connection.Dispose();
        }

        private int? VersionOf(Ulid organisation)
        {
            _organisation.Value = organisation.ToString();
            return _version.ExecuteScalar() is long version ? (int)version : null;
        }

        private bool Listens(ReceivedEvent row)
        {
            (_connector[0].Value, _connector[1].Value) = (row.ConnectorId.ToString(), row.OrganisationId.ToString());
            return _listens.ExecuteScalar() is 1L;
        }

        private int Insert(ReceivedEvent row, bool listens)
        {
            _values[0].Value = row.Id.ToString();
            _values[1].Value = row.OrganisationId.ToString();
            _values[2].Value = row.ConnectorId.ToString();
            _values[3].Value = row.ConnectionId.ToString();
            _values[4].Value = row.TriggerName;
            _values[5].Value = row.VersionName;
            _values[6].Value = (int)row.Origin;
            _values[7].Value = MicrosecondsConverter.ToMicroseconds(row.ReceivedAt);
            _values[8].Value = row.Content;
            _values[9].Value = (object?)row.DuplicateKey ?? DBNull.Value;
            _values[10].Value = listens ? 0 : 1;
            return _insert.ExecuteNonQuery();
        }
    }
}
