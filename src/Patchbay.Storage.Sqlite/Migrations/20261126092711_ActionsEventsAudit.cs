using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Patchbay.Storage.Sqlite.Migrations
{
    /// <inheritdoc />
    public partial class ActionsEventsAudit : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "limits",
                table: "connections",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "audit_heads",
                columns: table => new
                {
                    organisation_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    anchor_sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    anchor_hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    code = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit_heads", x => x.organisation_id);
                });

            migrationBuilder.CreateTable(
                name: "audit_records",
                columns: table => new
                {
                    organisation_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    sequence = table.Column<long>(type: "INTEGER", nullable: false),
                    at_microseconds = table.Column<long>(type: "INTEGER", nullable: false),
                    actor = table.Column<string>(type: "TEXT", nullable: false),
                    operation = table.Column<string>(type: "TEXT", nullable: false),
                    outcome = table.Column<string>(type: "TEXT", nullable: false),
                    count = table.Column<long>(type: "INTEGER", nullable: false),
                    resources = table.Column<string>(type: "TEXT", nullable: false),
                    previous_hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    code = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_audit_records", x => new { x.organisation_id, x.sequence });
                });

            migrationBuilder.CreateTable(
                name: "events",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    organisation_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    connector_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    connection_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    trigger_name = table.Column<string>(type: "TEXT", nullable: false),
                    version_name = table.Column<string>(type: "TEXT", nullable: false),
                    origin = table.Column<int>(type: "INTEGER", nullable: false),
                    received_at = table.Column<long>(type: "INTEGER", nullable: false),
                    content = table.Column<byte[]>(type: "BLOB", nullable: false),
                    duplicate_key = table.Column<byte[]>(type: "BLOB", nullable: true),
                    fanned_out = table.Column<bool>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_events", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "idempotent_outcomes",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    organisation_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    connection_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    key_hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    state = table.Column<int>(type: "INTEGER", nullable: false),
                    version = table.Column<long>(type: "INTEGER", nullable: false),
                    lease_holder = table.Column<string>(type: "TEXT", nullable: true),
                    lease_until = table.Column<long>(type: "INTEGER", nullable: true),
                    outcome = table.Column<byte[]>(type: "BLOB", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    expires_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_idempotent_outcomes", x => x.id);
                    table.ForeignKey(
                        name: "FK_idempotent_outcomes_connections_connection_id",
                        column: x => x.connection_id,
                        principalTable: "connections",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_idempotent_outcomes_organisations_organisation_id",
                        column: x => x.organisation_id,
                        principalTable: "organisations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "polls",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    organisation_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    connector_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    connection_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    version_selector = table.Column<string>(type: "TEXT", nullable: false),
                    action_name = table.Column<string>(type: "TEXT", nullable: false),
                    parameters = table.Column<string>(type: "TEXT", nullable: true),
                    schedule = table.Column<string>(type: "TEXT", nullable: false),
                    time_zone = table.Column<string>(type: "TEXT", nullable: false),
                    items = table.Column<string>(type: "TEXT", nullable: false),
                    item_id = table.Column<string>(type: "TEXT", nullable: true),
                    cursor = table.Column<string>(type: "TEXT", nullable: true),
                    cursor_parameter = table.Column<string>(type: "TEXT", nullable: true),
                    secret = table.Column<byte[]>(type: "BLOB", nullable: true),
                    enabled = table.Column<bool>(type: "INTEGER", nullable: false),
                    next_run_at = table.Column<long>(type: "INTEGER", nullable: true),
                    last_run_at = table.Column<long>(type: "INTEGER", nullable: true),
                    last_events = table.Column<int>(type: "INTEGER", nullable: false),
                    last_error = table.Column<string>(type: "TEXT", nullable: true),
                    consecutive_failures = table.Column<int>(type: "INTEGER", nullable: false),
                    fence = table.Column<long>(type: "INTEGER", nullable: false),
                    lease_until = table.Column<long>(type: "INTEGER", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_polls", x => x.id);
                    table.ForeignKey(
                        name: "FK_polls_connections_connection_id",
                        column: x => x.connection_id,
                        principalTable: "connections",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_polls_organisations_organisation_id",
                        column: x => x.organisation_id,
                        principalTable: "organisations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "subscriptions",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    organisation_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    connector_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    connection_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: true),
                    trigger_name = table.Column<string>(type: "TEXT", nullable: true),
                    version_name = table.Column<string>(type: "TEXT", nullable: true),
                    name = table.Column<string>(type: "TEXT", nullable: false),
                    url = table.Column<string>(type: "TEXT", nullable: false),
                    filter = table.Column<string>(type: "TEXT", nullable: true),
                    ordered = table.Column<bool>(type: "INTEGER", nullable: false),
                    keys = table.Column<string>(type: "TEXT", nullable: false),
                    secret = table.Column<byte[]>(type: "BLOB", nullable: true),
                    state = table.Column<int>(type: "INTEGER", nullable: false),
                    disabled_reason = table.Column<string>(type: "TEXT", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_subscriptions", x => x.id);
                    table.ForeignKey(
                        name: "FK_subscriptions_organisations_organisation_id",
                        column: x => x.organisation_id,
                        principalTable: "organisations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "trigger_endpoints",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    organisation_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    connector_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    connection_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    trigger_name = table.Column<string>(type: "TEXT", nullable: false),
                    version_selector = table.Column<string>(type: "TEXT", nullable: false),
                    token_hash = table.Column<byte[]>(type: "BLOB", nullable: false),
                    previous_token_hash = table.Column<byte[]>(type: "BLOB", nullable: true),
                    previous_until = table.Column<long>(type: "INTEGER", nullable: true),
                    secret = table.Column<byte[]>(type: "BLOB", nullable: true),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false),
                    revision = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_trigger_endpoints", x => x.id);
                    table.ForeignKey(
                        name: "FK_trigger_endpoints_connections_connection_id",
                        column: x => x.connection_id,
                        principalTable: "connections",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_trigger_endpoints_organisations_organisation_id",
                        column: x => x.organisation_id,
                        principalTable: "organisations",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "deliveries",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    organisation_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    event_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    subscription_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    connection_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    replay = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    state = table.Column<int>(type: "INTEGER", nullable: false),
                    attempts = table.Column<int>(type: "INTEGER", nullable: false),
                    next_attempt_at = table.Column<long>(type: "INTEGER", nullable: false),
                    created_at = table.Column<long>(type: "INTEGER", nullable: false),
                    updated_at = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_deliveries", x => x.id);
                    table.ForeignKey(
                        name: "FK_deliveries_subscriptions_subscription_id",
                        column: x => x.subscription_id,
                        principalTable: "subscriptions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "subscription_health",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    organisation_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    lease_holder = table.Column<string>(type: "TEXT", nullable: true),
                    lease_until = table.Column<long>(type: "INTEGER", nullable: true),
                    consecutive_failures = table.Column<int>(type: "INTEGER", nullable: false),
                    failing_since = table.Column<long>(type: "INTEGER", nullable: true),
                    last_success_at = table.Column<long>(type: "INTEGER", nullable: true),
                    last_failure_at = table.Column<long>(type: "INTEGER", nullable: true),
                    last_error = table.Column<string>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_subscription_health", x => x.id);
                    table.ForeignKey(
                        name: "FK_subscription_health_subscriptions_id",
                        column: x => x.id,
                        principalTable: "subscriptions",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "delivery_attempts",
                columns: table => new
                {
                    id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    delivery_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    organisation_id = table.Column<string>(type: "TEXT", maxLength: 26, nullable: false),
                    at = table.Column<long>(type: "INTEGER", nullable: false),
                    duration_ms = table.Column<int>(type: "INTEGER", nullable: false),
                    status = table.Column<int>(type: "INTEGER", nullable: true),
                    error = table.Column<string>(type: "TEXT", maxLength: 500, nullable: true),
                    excerpt = table.Column<byte[]>(type: "BLOB", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_delivery_attempts", x => x.id);
                    table.ForeignKey(
                        name: "FK_delivery_attempts_deliveries_delivery_id",
                        column: x => x.delivery_id,
                        principalTable: "deliveries",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_audit_records_organisation_id_at_microseconds",
                table: "audit_records",
                columns: new[] { "organisation_id", "at_microseconds" });

            migrationBuilder.CreateIndex(
                name: "IX_deliveries_dead",
                table: "deliveries",
                columns: new[] { "organisation_id", "event_id" },
                filter: "state = 2");

            migrationBuilder.CreateIndex(
                name: "IX_deliveries_due",
                table: "deliveries",
                columns: new[] { "subscription_id", "next_attempt_at" },
                filter: "state = 0");

            migrationBuilder.CreateIndex(
                name: "IX_deliveries_due_in_order",
                table: "deliveries",
                columns: new[] { "subscription_id", "event_id" },
                filter: "state = 0");

            migrationBuilder.CreateIndex(
                name: "IX_deliveries_event_id",
                table: "deliveries",
                column: "event_id");

            migrationBuilder.CreateIndex(
                name: "IX_deliveries_subscription_id_event_id_replay",
                table: "deliveries",
                columns: new[] { "subscription_id", "event_id", "replay" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_delivery_attempts_delivery_id",
                table: "delivery_attempts",
                column: "delivery_id");

            migrationBuilder.CreateIndex(
                name: "IX_events_connection_id_trigger_name_duplicate_key",
                table: "events",
                columns: new[] { "connection_id", "trigger_name", "duplicate_key" },
                unique: true,
                filter: "duplicate_key IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_events_organisation_id_id",
                table: "events",
                columns: new[] { "organisation_id", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_events_to_fan_out",
                table: "events",
                column: "id",
                filter: "NOT fanned_out");

            migrationBuilder.CreateIndex(
                name: "IX_idempotent_outcomes_connection_id",
                table: "idempotent_outcomes",
                column: "connection_id");

            migrationBuilder.CreateIndex(
                name: "IX_idempotent_outcomes_expires_at",
                table: "idempotent_outcomes",
                column: "expires_at");

            migrationBuilder.CreateIndex(
                name: "IX_idempotent_outcomes_key_hash",
                table: "idempotent_outcomes",
                column: "key_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_idempotent_outcomes_organisation_id",
                table: "idempotent_outcomes",
                column: "organisation_id");

            migrationBuilder.CreateIndex(
                name: "IX_polls_connection_id_name",
                table: "polls",
                columns: new[] { "connection_id", "name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_polls_connector_id",
                table: "polls",
                column: "connector_id");

            migrationBuilder.CreateIndex(
                name: "IX_polls_next_run_at",
                table: "polls",
                column: "next_run_at");

            migrationBuilder.CreateIndex(
                name: "IX_polls_organisation_id",
                table: "polls",
                column: "organisation_id");

            migrationBuilder.CreateIndex(
                name: "IX_subscriptions_connector_id",
                table: "subscriptions",
                column: "connector_id");

            migrationBuilder.CreateIndex(
                name: "IX_subscriptions_organisation_id_name",
                table: "subscriptions",
                columns: new[] { "organisation_id", "name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_subscriptions_organisation_id_updated_at_id",
                table: "subscriptions",
                columns: new[] { "organisation_id", "updated_at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_trigger_endpoints_connection_id_trigger_name",
                table: "trigger_endpoints",
                columns: new[] { "connection_id", "trigger_name" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_trigger_endpoints_connector_id",
                table: "trigger_endpoints",
                column: "connector_id");

            migrationBuilder.CreateIndex(
                name: "IX_trigger_endpoints_organisation_id",
                table: "trigger_endpoints",
                column: "organisation_id");

            migrationBuilder.CreateIndex(
                name: "IX_trigger_endpoints_previous_token_hash",
                table: "trigger_endpoints",
                column: "previous_token_hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_trigger_endpoints_token_hash",
                table: "trigger_endpoints",
                column: "token_hash",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "audit_heads");

            migrationBuilder.DropTable(
                name: "audit_records");

            migrationBuilder.DropTable(
                name: "delivery_attempts");

            migrationBuilder.DropTable(
                name: "events");

            migrationBuilder.DropTable(
                name: "idempotent_outcomes");

            migrationBuilder.DropTable(
                name: "polls");

            migrationBuilder.DropTable(
                name: "subscription_health");

            migrationBuilder.DropTable(
                name: "trigger_endpoints");

            migrationBuilder.DropTable(
                name: "deliveries");

            migrationBuilder.DropTable(
                name: "subscriptions");

            migrationBuilder.DropColumn(
                name: "limits",
                table: "connections");
        }
    }
}
