using Microsoft.Data.Sqlite;
using Patchbay.Platform.Data;

namespace Patchbay.Bench.Embedding;

/// <summary>Makes users of a hub as copies of its first one, with connection, credential and activations, behind the server's back: by its API it would take an hour.</summary>
internal static class UserCopies
{
    public static void Make(string file, string source, int users)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False;Foreign Keys=False");
        connection.Open();
        using var ids = Identifiers.Sequence(TimeProvider.System).GetEnumerator();
        var own = Text(connection, "SELECT primary_connection_id FROM end_users WHERE id = $id", source)[0];
        var credential = Text(connection, "SELECT credential_id FROM connection_credentials WHERE connection_id = $id", own)[0];
        var use = Text(connection, "SELECT id FROM connection_credentials WHERE connection_id = $id", own)[0];
        var activations = Text(connection, "SELECT id FROM activations WHERE end_user_id = $id", source);
        using var transaction = connection.BeginTransaction();
        var user = new RowCopy(connection, "end_users", "id", "id", "external_id", "primary_connection_id");
        var connected = new RowCopy(connection, "connections", "id", "id", "owner");
        var secret = new RowCopy(connection, "credentials", "id", "id");
        var uses = new RowCopy(connection, "connection_credentials", "id", "id", "connection_id", "credential_id");
        var activation = new RowCopy(connection, "activations", "id", "id", "end_user_id");
        var filled = new RowCopy(connection, "activation_connections", "activation_id", "activation_id", "connection_id");
        for (var n = 1; n < users; n++)
        {
            var (id, ownConnection, ownCredential) = (Next(), Next(), Next());
            user.Insert(source, id, BenchHub.NameOf(n), ownConnection);
            connected.Insert(own, ownConnection, id);
            secret.Insert(credential, ownCredential);
            uses.Insert(use, Next(), ownConnection, ownCredential);
            foreach (var one in activations)
            {
                var copy = Next();
                activation.Insert(one, copy, id);
                filled.Insert(one, copy, ownConnection);
            }
        }

        transaction.Commit();

        string Next()
        {
            ids.MoveNext();
            return ids.Current.ToString();
        }
    }

    private static List<string> Text(SqliteConnection connection, string sql, string id)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.Parameters.AddWithValue("$id", id);
        using var reader = command.ExecuteReader();
        var found = new List<string>();
        while (reader.Read())
            found.Add(reader.GetString(0));
        return found;
    }

    /// <summary>Copies rows of a table, with other values in some columns.</summary>
    private sealed class RowCopy
    {
        private readonly SqliteCommand _command;
        private readonly SqliteParameter _source;
        private readonly SqliteParameter[] _values;

        public RowCopy(SqliteConnection connection, string table, string key, params string[] changed)
        {
            _command = connection.CreateCommand();
            var columns = new List<string>();
            _command.CommandText = $"SELECT name FROM pragma_table_info('{table}')";
            using (var reader = _command.ExecuteReader())
            {
                while (reader.Read())
                    columns.Add(reader.GetString(0));
            }

            _command.CommandText =
                $"INSERT INTO {table} ({string.Join(", ", columns)}) SELECT {string.Join(", ", columns.Select(c => changed.Contains(c, StringComparer.Ordinal) ? $"${c}" : c))} FROM {table} WHERE {key} = $source";
            _source = _command.Parameters.Add("$source", SqliteType.Text);
            _values = [.. changed.Select(c => _command.Parameters.Add($"${c}", SqliteType.Text))];
            _command.Prepare();
        }

        public void Insert(string source, params string[] values)
        {
            _source.Value = source;
            for (var i = 0; i < values.Length; i++)
                _values[i].Value = values[i];
            if (_command.ExecuteNonQuery() != 1)
                throw new InvalidOperationException("A row to copy was not there.");
        }
    }
}
