using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Patchbay.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class AllowedOrigins : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "allowed_origins",
                table: "organisations",
                type: "TEXT",
                nullable: false,
                defaultValueSql: "'[]'");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "allowed_origins",
                table: "organisations");
        }
    }
}
