using Microsoft.EntityFrameworkCore;

namespace Patchbay.Authorizing.Storing;

/// <summary>The store of one authorization server: clients, authorizations and tokens, in the tables that OpenIddict defines.</summary>
internal sealed class GrantsDb(DbContextOptions<GrantsDb> options) : DbContext(options);
