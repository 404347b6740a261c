using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;
using Patchbay.Platform.Data;

namespace Patchbay.Storage.Postgres;

/// <summary>The context as <c>dotnet ef</c> needs it. Migrations are per provider, hence the type of its own.</summary>
internal sealed class PostgresDb(DbContextOptions options, RequestScope scope, IStoreDialect dialect) : PatchbayDb(options, scope, dialect);

internal sealed class PostgresDesignTime : IDesignTimeDbContextFactory<PostgresDb>
{
    public PostgresDb CreateDbContext(string[] args)
    {
        var dialect = new PostgresDialect("Host=localhost;Database=design-time");
        var options = new DbContextOptionsBuilder<PostgresDb>();
        dialect.Configure(options);
        return new PostgresDb(options.Options, new RequestScope(), dialect);
    }
}
