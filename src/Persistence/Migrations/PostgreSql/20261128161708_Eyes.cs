using System;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;
using NpgsqlTypes;

#nullable disable

namespace Qwen35Batch.Persistence.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class Eyes : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "insight_terms",
                columns: table => new
                {
                    insight_id = table.Column<long>(type: "bigint", nullable: false),
                    terms = table.Column<NpgsqlTsVector>(type: "tsvector", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_insight_terms", x => x.insight_id);
                    table.ForeignKey(
                        name: "fk_insight_terms_insight_insight_id",
                        column: x => x.insight_id,
                        principalTable: "insight",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "review",
                columns: table => new
                {
                    id = table.Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    insight_id = table.Column<long>(type: "bigint", nullable: false),
                    revision = table.Column<int>(type: "integer", nullable: false),
                    reviewer = table.Column<string>(type: "character varying(200)", maxLength: 200, nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    fields = table.Column<string>(type: "jsonb", nullable: false),
                    insight = table.Column<string>(type: "jsonb", nullable: false)
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
                name: "ix_insight_terms_terms",
                table: "insight_terms",
                column: "terms")
                .Annotation("Npgsql:IndexMethod", "gin");

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
                name: "insight_terms");

            migrationBuilder.DropTable(
                name: "review");

            migrationBuilder.DropIndex(
                name: "ix_job_media_sha256",
                table: "job");
        }
    }
}
