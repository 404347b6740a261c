using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Patchbay.Storage.Postgres.Migrations
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
                type: "text",
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
