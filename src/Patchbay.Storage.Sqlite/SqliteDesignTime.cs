using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Patchbay.Platform.Data;

namespace Patchbay.Storage.Sqlite;

/// <summary>The context as <c>dotnet ef</c> needs it. Migrations are per provider, hence the type of its own.</summary>
internal sealed class SqliteDb(DbContextOptions options, RequestScope scope, IStoreDialect dialect) : PatchbayDb(options, scope, dialect);

internal sealed class SqliteDesignTime : IDesignTimeDbContextFactory<SqliteDb>
{
    public SqliteDb CreateDbContext(string[] args)
    {
        var dialect = SqliteDialect.ForFile("design-time.db");
        var options = new DbContextOptionsBuilder<SqliteDb>();
        dialect.Configure(options);
        return new SqliteDb(options.Options, new RequestScope(), dialect);
    }
}
