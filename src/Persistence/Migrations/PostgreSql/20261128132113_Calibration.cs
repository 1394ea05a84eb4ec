using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Qwen35Batch.Persistence.Migrations.PostgreSql
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
                type: "double precision",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "calibration",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    task_name = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    task_version = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    model = table.Column<string>(type: "character varying(300)", maxLength: 300, nullable: false),
                    precision = table.Column<string>(type: "character varying(32)", maxLength: 32, nullable: true),
                    fitted_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    labels = table.Column<int>(type: "integer", nullable: false),
                    wrong = table.Column<int>(type: "integer", nullable: false),
                    auc = table.Column<double>(type: "double precision", nullable: true),
                    calibration_error = table.Column<double>(type: "double precision", nullable: false),
                    brier = table.Column<double>(type: "double precision", nullable: false),
                    wrong_among_surest = table.Column<double>(type: "double precision", nullable: false),
                    curve = table.Column<string>(type: "jsonb", nullable: false)
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
