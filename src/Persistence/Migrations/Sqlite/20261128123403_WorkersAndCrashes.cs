using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Qwen35Batch.Persistence.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class WorkersAndCrashes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "media_store",
                table: "segment",
                type: "TEXT",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "crash",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    worker = table.Column<Guid>(type: "TEXT", nullable: false),
                    job_id = table.Column<long>(type: "INTEGER", nullable: true),
                    segment_id = table.Column<long>(type: "INTEGER", nullable: true),
                    company = table.Column<int>(type: "INTEGER", nullable: false),
                    at = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_crash", x => x.id);
                    table.CheckConstraint("ck_crash_row", "(job_id IS NULL) <> (segment_id IS NULL)");
                    table.ForeignKey(
                        name: "fk_crash_jobs_job_id",
                        column: x => x.job_id,
                        principalTable: "job",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "fk_crash_segments_segment_id",
                        column: x => x.segment_id,
                        principalTable: "segment",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "worker",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "TEXT", nullable: false),
                    media_store = table.Column<Guid>(type: "TEXT", nullable: true),
                    machine = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    started_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    alive_until = table.Column<DateTime>(type: "TEXT", nullable: false),
                    is_dead = table.Column<bool>(type: "INTEGER", nullable: false),
                    held_rows = table.Column<int>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_worker", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_segment_suspect",
                table: "segment",
                columns: new[] { "crash_count", "priority", "run_at", "id" },
                descending: new[] { false, true, false, false },
                filter: "state = 'Ready' AND NOT awaits_others AND crash_count > 0");

            migrationBuilder.CreateIndex(
                name: "ix_job_suspect",
                table: "job",
                columns: new[] { "crash_count", "priority", "run_at", "id" },
                descending: new[] { false, true, false, false },
                filter: "state = 'Accepted' AND lease_until IS NULL AND crash_count > 0");

            migrationBuilder.CreateIndex(
                name: "ix_crash_job_id",
                table: "crash",
                column: "job_id");

            migrationBuilder.CreateIndex(
                name: "ix_crash_segment_id",
                table: "crash",
                column: "segment_id");

            migrationBuilder.CreateIndex(
                name: "ix_crash_worker",
                table: "crash",
                column: "worker");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "crash");

            migrationBuilder.DropTable(
                name: "worker");

            migrationBuilder.DropIndex(
                name: "ix_segment_suspect",
                table: "segment");

            migrationBuilder.DropIndex(
                name: "ix_job_suspect",
                table: "job");

            migrationBuilder.DropColumn(
                name: "media_store",
                table: "segment");
        }
    }
}
