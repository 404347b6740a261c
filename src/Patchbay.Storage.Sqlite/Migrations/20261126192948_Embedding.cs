using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Patchbay.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class Embedding : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "hubs",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    organisation_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    primary_connector_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    auth_scheme_config_id = table.Column<string>(type: "TEXT", nullable: false),
                    is_default = table.Column<bool>(type: "INTEGER", nullable: false),
                    deleted_at = table.Column<long>(type: "INTEGER", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_hubs", x => x.id);
                    table.ForeignKey(
                        name: "FK_hubs_organisations_organisation_id",
                        column: x => x.organisation_id,
                        principalTable: "organisations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "end_users",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    organisation_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    hub_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    external_id = table.Column<string>(type: "TEXT", nullable: false),
                    display_name = table.Column<string>(type: "TEXT", nullable: false),
                    primary_connection_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_end_users", x => x.id);
                    table.ForeignKey(
                        name: "FK_end_users_hubs_hub_id",
                        column: x => x.hub_id,
                        principalTable: "hubs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_end_users_organisations_organisation_id",
                        column: x => x.organisation_id,
                        principalTable: "organisations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "integrations",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    organisation_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    hub_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    summary = table.Column<string>(type: "TEXT", nullable: true),
                    description = table.Column<string>(type: "TEXT", nullable: false),
                    image_url = table.Column<string>(type: "TEXT", nullable: true),
                    variables_schema = table.Column<string>(type: "TEXT", nullable: true),
                    deployed_at = table.Column<long>(type: "INTEGER", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_integrations", x => x.id);
                    table.ForeignKey(
                        name: "FK_integrations_hubs_hub_id",
                        column: x => x.hub_id,
                        principalTable: "hubs",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_integrations_organisations_organisation_id",
                        column: x => x.organisation_id,
                        principalTable: "organisations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "activations",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    organisation_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    hub_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    integration_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    end_user_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    variables = table.Column<string>(type: "TEXT", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_activations", x => x.id);
                    table.ForeignKey(
                        name: "FK_activations_end_users_end_user_id",
                        column: x => x.end_user_id,
                        principalTable: "end_users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_activations_integrations_integration_id",
                        column: x => x.integration_id,
                        principalTable: "integrations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_activations_organisations_organisation_id",
                        column: x => x.organisation_id,
                        principalTable: "organisations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "connection_templates",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    organisation_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    integration_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    connector_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    auth_scheme_config_id = table.Column<string>(type: "TEXT", nullable: false),
                    is_used = table.Column<bool>(type: "INTEGER", nullable: false),
                    is_primary = table.Column<bool>(type: "INTEGER", nullable: false),
                    version_name = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_connection_templates", x => x.id);
                    table.ForeignKey(
                        name: "FK_connection_templates_integrations_integration_id",
                        column: x => x.integration_id,
                        principalTable: "integrations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_connection_templates_organisations_organisation_id",
                        column: x => x.organisation_id,
                        principalTable: "organisations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "activation_connections",
                columns: table => new
                {
                    activation_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    template_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    connection_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_activation_connections", x => new { x.activation_id, x.template_id });
                    table.ForeignKey(
                        name: "FK_activation_connections_activations_activation_id",
                        column: x => x.activation_id,
                        principalTable: "activations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_activation_connections_connection_templates_template_id",
                        column: x => x.template_id,
                        principalTable: "connection_templates",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_activation_connections_connections_connection_id",
                        column: x => x.connection_id,
                        principalTable: "connections",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_connections_owner_updated_at_id",
                table: "connections",
                columns: new[] { "owner", "updated_at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_activation_connections_connection_id",
                table: "activation_connections",
                column: "connection_id");

            migrationBuilder.CreateIndex(
                name: "IX_activation_connections_template_id",
                table: "activation_connections",
                column: "template_id");

            migrationBuilder.CreateIndex(
                name: "IX_activations_end_user_id_integration_id",
                table: "activations",
                columns: new[] { "end_user_id", "integration_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_activations_integration_id",
                table: "activations",
                column: "integration_id");

            migrationBuilder.CreateIndex(
                name: "IX_activations_organisation_id",
                table: "activations",
                column: "organisation_id");

            migrationBuilder.CreateIndex(
                name: "IX_connection_templates_connector_id",
                table: "connection_templates",
                column: "connector_id");

            migrationBuilder.CreateIndex(
                name: "IX_connection_templates_integration_id",
                table: "connection_templates",
                column: "integration_id");

            migrationBuilder.CreateIndex(
                name: "IX_connection_templates_organisation_id",
                table: "connection_templates",
                column: "organisation_id");

            migrationBuilder.CreateIndex(
                name: "IX_end_users_hub_id_external_id",
                table: "end_users",
                columns: new[] { "hub_id", "external_id" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_end_users_hub_id_updated_at_id",
                table: "end_users",
                columns: new[] { "hub_id", "updated_at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_end_users_organisation_id",
                table: "end_users",
                column: "organisation_id");

            migrationBuilder.CreateIndex(
                name: "IX_hubs_organisation_id_updated_at_id",
                table: "hubs",
                columns: new[] { "organisation_id", "updated_at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_hubs_primary_connector_id",
                table: "hubs",
                column: "primary_connector_id");

            migrationBuilder.CreateIndex(
                name: "IX_integrations_hub_id_updated_at_id",
                table: "integrations",
                columns: new[] { "hub_id", "updated_at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_integrations_organisation_id",
                table: "integrations",
                column: "organisation_id");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "activation_connections");

            migrationBuilder.DropTable(
                name: "activations");

            migrationBuilder.DropTable(
                name: "connection_templates");

            migrationBuilder.DropTable(
                name: "end_users");

            migrationBuilder.DropTable(
                name: "integrations");

            migrationBuilder.DropTable(
                name: "hubs");

            migrationBuilder.DropIndex(
                name: "IX_connections_owner_updated_at_id",
                table: "connections");
        }
    }
}
