using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Qwen35Batch.Persistence.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class JobIdentity : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "model",
                table: "corpus_item");

            migrationBuilder.DropColumn(
                name: "task_version",
                table: "corpus_item");

            migrationBuilder.AddColumn<string>(
                name: "identity",
                table: "job",
                type: "TEXT",
                maxLength: 500,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "follower",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    job_id = table.Column<long>(type: "INTEGER", nullable: false),
                    submitted_id = table.Column<Guid>(type: "TEXT", nullable: false),
                    correlation_id = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    created_at = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_follower", x => x.id);
                    table.ForeignKey(
                        name: "fk_follower_jobs_job_id",
                        column: x => x.job_id,
                        principalTable: "job",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_job_identity",
                table: "job",
                column: "identity");

            migrationBuilder.CreateIndex(
                name: "ix_follower_job_id",
                table: "follower",
                column: "job_id");

            migrationBuilder.CreateIndex(
                name: "ix_follower_submitted_id",
                table: "follower",
                column: "submitted_id",
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "follower");

            migrationBuilder.DropIndex(
                name: "ix_job_identity",
                table: "job");

            migrationBuilder.DropColumn(
                name: "identity",
                table: "job");

            migrationBuilder.AddColumn<string>(
                name: "model",
                table: "corpus_item",
                type: "TEXT",
                maxLength: 300,
                nullable: false,
                defaultValue: "");

            migrationBuilder.AddColumn<string>(
                name: "task_version",
                table: "corpus_item",
                type: "TEXT",
                maxLength: 200,
                nullable: false,
                defaultValue: "");
        }
    }
}
