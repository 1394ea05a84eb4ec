using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Qwen35Batch.Persistence.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Calibration : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<double>(
                name: "lowest_confidence",
                table: "job",
                type: "REAL",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "calibration",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    task_name = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    task_version = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    model = table.Column<string>(type: "TEXT", maxLength: 300, nullable: false),
                    precision = table.Column<string>(type: "TEXT", maxLength: 32, nullable: true),
                    fitted_at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    labels = table.Column<int>(type: "INTEGER", nullable: false),
                    wrong = table.Column<int>(type: "INTEGER", nullable: false),
                    auc = table.Column<double>(type: "REAL", nullable: true),
                    calibration_error = table.Column<double>(type: "REAL", nullable: false),
                    brier = table.Column<double>(type: "REAL", nullable: false),
                    wrong_among_surest = table.Column<double>(type: "REAL", nullable: false),
                    curve = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_calibration", x => x.id);
                });

            migrationBuilder.CreateIndex(
                name: "ix_job_lowest_confidence",
                table: "job",
                column: "lowest_confidence",
                filter: "lowest_confidence IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "ix_calibration_task_name_task_version_model_id",
                table: "calibration",
                columns: new[] { "task_name", "task_version", "model", "id" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "calibration");

            migrationBuilder.DropIndex(
                name: "ix_job_lowest_confidence",
                table: "job");

            migrationBuilder.DropColumn(
                name: "lowest_confidence",
                table: "job");
        }
    }
}
