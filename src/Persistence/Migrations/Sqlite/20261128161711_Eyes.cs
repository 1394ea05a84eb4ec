using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Qwen35Batch.Persistence.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Eyes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "review",
                columns: table => new
                {
                    id = table.Column<long>(type: "INTEGER", nullable: false)
                        .Annotation("Sqlite:Autoincrement", true),
                    insight_id = table.Column<long>(type: "INTEGER", nullable: false),
                    revision = table.Column<int>(type: "INTEGER", nullable: false),
                    reviewer = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    at = table.Column<DateTime>(type: "TEXT", nullable: false),
                    fields = table.Column<string>(type: "TEXT", nullable: false),
                    insight = table.Column<string>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_review", x => x.id);
                    table.ForeignKey(
                        name: "fk_review_insight_insight_id",
                        column: x => x.insight_id,
                        principalTable: "insight",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "ix_job_media_sha256",
                table: "job",
                column: "media_sha256");

            migrationBuilder.CreateIndex(
                name: "ix_review_insight_id_revision",
                table: "review",
                columns: new[] { "insight_id", "revision" },
                unique: true);

            CreateViews(migrationBuilder);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            DropViews(migrationBuilder);

            migrationBuilder.DropTable(
                name: "review");

            migrationBuilder.DropIndex(
                name: "ix_job_media_sha256",
                table: "job");
        }
    }
}
