using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Patchbay.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class MergeBases : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "source_settings",
                table: "connector_versions",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "merge_bases",
                columns: table => new
                {
                    hash = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_merge_bases", x => x.hash);
                });

            migrationBuilder.CreateTable(
                name: "version_changes",
                columns: table => new
                {
                    version_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    difference = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_version_changes", x => x.version_id);
                    table.ForeignKey(
                        name: "FK_version_changes_connector_versions_version_id",
                        column: x => x.version_id,
                        principalTable: "connector_versions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "merge_base_parts",
                columns: table => new
                {
                    base_hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    kind = table.Column<int>(type: "INTEGER", nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    description = table.Column<string>(type: "TEXT", nullable: true),
                    accept = table.Column<string>(type: "TEXT", nullable: false),
                    content_type = table.Column<string>(type: "TEXT", nullable: true),
                    content_hash = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_merge_base_parts", x => new { x.base_hash, x.kind, x.name });
                    table.ForeignKey(
                        name: "FK_merge_base_parts_contents_content_hash",
                        column: x => x.content_hash,
                        principalTable: "contents",
                        principalColumn: "hash",
                        onDelete: ReferentialAction.Restrict);
                    table.ForeignKey(
                        name: "FK_merge_base_parts_merge_bases_base_hash",
                        column: x => x.base_hash,
                        principalTable: "merge_bases",
                        principalColumn: "hash",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_connector_versions_source_content_hash",
                table: "connector_versions",
                column: "source_content_hash");

            migrationBuilder.CreateIndex(
                name: "IX_merge_base_parts_content_hash",
                table: "merge_base_parts",
                column: "content_hash");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "merge_base_parts");

            migrationBuilder.DropTable(
                name: "version_changes");

            migrationBuilder.DropTable(
                name: "merge_bases");

            migrationBuilder.DropIndex(
                name: "IX_connector_versions_source_content_hash",
                table: "connector_versions");

            migrationBuilder.DropColumn(
                name: "source_settings",
                table: "connector_versions");
        }
    }
}
