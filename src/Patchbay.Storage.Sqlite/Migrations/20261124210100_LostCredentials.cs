using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Patchbay.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class LostCredentials : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "lost_credentials",
                table: "connections",
                type: "TEXT",
                nullable: false,
                defaultValueSql: "'[]'");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "lost_credentials",
                table: "connections");
        }
    }
}
