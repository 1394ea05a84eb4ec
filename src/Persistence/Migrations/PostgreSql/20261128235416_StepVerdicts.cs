using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Qwen35Batch.Persistence.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class StepVerdicts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "ix_step_job_id_number",
                table: "step");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "replaced_at",
                table: "step",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "verdict",
                table: "step",
                type: "character varying(32)",
                maxLength: 32,
                nullable: true);

            migrationBuilder.CreateIndex(
                name: "ix_step_job",
                table: "step",
                column: "job_id");

            migrationBuilder.CreateIndex(
                name: "ix_step_job_id_number",
                table: "step",
                columns: new[] { "job_id", "number" },
                unique: true,
                filter: "replaced_at IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            // The number of a step is its own again.
            migrationBuilder.Sql("DELETE FROM step WHERE replaced_at IS NOT NULL;");

            migrationBuilder.DropIndex(
                name: "ix_step_job",
                table: "step");

            migrationBuilder.DropIndex(
                name: "ix_step_job_id_number",
                table: "step");

            migrationBuilder.DropColumn(
                name: "replaced_at",
                table: "step");

            migrationBuilder.DropColumn(
                name: "verdict",
                table: "step");

            migrationBuilder.CreateIndex(
                name: "ix_step_job_id_number",
                table: "step",
                columns: new[] { "job_id", "number" },
                unique: true);
        }
    }
}
