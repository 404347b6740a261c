using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Patchbay.Storage.Postgres.Migrations
{
    /// <inheritdoc />
    public partial class RolesAndSigningKeys : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "role_bindings",
                columns: table => new
                {
                    id = table.Column<string>(type: "character varying(26)", maxLength: 26, nullable: false, collation: "C"),
                    organisation_id = table.Column<string>(type: "character varying(26)", maxLength: 26, nullable: false, collation: "C"),
                    subject_kind = table.Column<int>(type: "integer", nullable: false),
                    subject_id = table.Column<string>(type: "character varying(26)", maxLength: 26, nullable: false, collation: "C"),
                    role_id = table.Column<string>(type: "character varying(26)", maxLength: 26, nullable: false, collation: "C"),
                    resource_type = table.Column<int>(type: "integer", nullable: false),
                    resource_id = table.Column<string>(type: "character varying(26)", maxLength: 26, nullable: false, collation: "C")
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_role_bindings", x => x.id);
                    table.ForeignKey(
                        name: "FK_role_bindings_organisations_organisation_id",
                        column: x => x.organisation_id,
                        principalTable: "organisations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "roles",
                columns: table => new
                {
                    id = table.Column<string>(type: "character varying(26)", maxLength: 26, nullable: false, collation: "C"),
                    organisation_id = table.Column<string>(type: "character varying(26)", maxLength: 26, nullable: false, collation: "C"),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    permissions = table.Column<string>(type: "text", nullable: false),
                    scopes = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    updated_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_roles", x => x.id);
                    table.ForeignKey(
                        name: "FK_roles_organisations_organisation_id",
                        column: x => x.organisation_id,
                        principalTable: "organisations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "signing_keys",
                columns: table => new
                {
                    id = table.Column<string>(type: "character varying(26)", maxLength: 26, nullable: false, collation: "C"),
                    organisation_id = table.Column<string>(type: "character varying(26)", maxLength: 26, nullable: false, collation: "C"),
                    name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    public_key = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    allows_organisation_tokens = table.Column<bool>(type: "boolean", nullable: false),
                    hub_id = table.Column<string>(type: "character varying(26)", maxLength: 26, nullable: true, collation: "C"),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_signing_keys", x => x.id);
                    table.ForeignKey(
                        name: "FK_signing_keys_organisations_organisation_id",
                        column: x => x.organisation_id,
                        principalTable: "organisations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_role_bindings_organisation_id_role_id",
                table: "role_bindings",
                columns: new[] { "organisation_id", "role_id" });

            migrationBuilder.CreateIndex(
                name: "IX_role_bindings_subject_id_subject_kind",
                table: "role_bindings",
                columns: new[] { "subject_id", "subject_kind" });

            migrationBuilder.CreateIndex(
                name: "IX_roles_organisation_id_name",
                table: "roles",
                columns: new[] { "organisation_id", "name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_signing_keys_organisation_id",
                table: "signing_keys",
                column: "organisation_id");

            // Keys that there were could do everything, and still can: they are owners. The id of a key is no other binding's.
            migrationBuilder.Sql(
                """
                INSERT INTO role_bindings (id, organisation_id, subject_kind, subject_id, role_id, resource_type, resource_id)
                SELECT id, organisation_id, 0, id, '00000000000000000000000001', 0, organisation_id FROM api_keys
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "role_bindings");

            migrationBuilder.DropTable(
                name: "roles");

            migrationBuilder.DropTable(
                name: "signing_keys");
        }
    }
}
