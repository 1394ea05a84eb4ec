using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Qwen35Batch.Persistence.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Agents : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "question",
                table: "job",
                type: "TEXT",
                maxLength: 4000,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "pace",
                columns: table => new
                {
                    service = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    next_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    holder = table.Column<Guid>(type: "TEXT", nullable: true),
                    held_until = table.Column<DateTime>(type: "TEXT", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_pace", x => x.service);
                });

            migrationBuilder.CreateTable(
                name: "step",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    job_id = table.Column<long>(type: "INTEGER", nullable: false),
                    number = table.Column<int>(type: "INTEGER", nullable: false),
                    kind = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    tool = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    arguments = table.Column<string>(type: "TEXT", nullable: false),
                    arguments_sha256 = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    effect = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    state = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    result = table.Column<string>(type: "TEXT", nullable: true),
                    planned_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    started_at = table.Column<DateTime>(type: "TEXT", nullable: true),
                    ended_at = table.Column<DateTime>(type: "TEXT", nullable: true),
                    starts = table.Column<int>(type: "INTEGER", nullable: false),
                    worker = table.Column<Guid>(type: "TEXT", nullable: true),
                    lease_token = table.Column<long>(type: "INTEGER", nullable: false),
                    approved = table.Column<bool>(type: "INTEGER", nullable: true),
                    decided_by = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    decided_at = table.Column<DateTime>(type: "TEXT", nullable: true),
                    input_tokens = table.Column<int>(type: "INTEGER", nullable: false),
                    cached_input_tokens = table.Column<int>(type: "INTEGER", nullable: false),
                    output_tokens = table.Column<int>(type: "INTEGER", nullable: false),
                    model_milliseconds = table.Column<long>(type: "INTEGER", nullable: false),
                    bytes = table.Column<long>(type: "INTEGER", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_step", x => x.id);
                    table.CheckConstraint("ck_step_effect", "effect IN ('Model', 'Read', 'Write', 'External')");
                    table.CheckConstraint("ck_step_ended", "(ended_at IS NOT NULL AND result IS NOT NULL) = (state IN ('Done', 'Failed', 'Refused', 'Unknown'))");
                    table.CheckConstraint("ck_step_kind", "kind IN ('Plan', 'Act', 'Call', 'Read', 'Write', 'Verify')");
                    table.CheckConstraint("ck_step_state", "state IN ('Planned', 'Running', 'Done', 'Failed', 'Refused', 'Awaiting', 'Unknown')");
                    table.ForeignKey(
                        name: "fk_step_job_job_id",
                        column: x => x.job_id,
                        principalTable: "job",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_step_awaiting",
                table: "step",
                column: "job_id",
                filter: "state = 'Awaiting'");

            migrationBuilder.CreateIndex(
                name: "ix_step_job_id_number",
                table: "step",
                columns: new[] { "job_id", "number" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "pace");

            migrationBuilder.DropTable(
                name: "step");

            migrationBuilder.DropColumn(
                name: "question",
                table: "job");
        }
    }
}
