using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Qwen35Batch.Persistence.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class JobRetention : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "identity",
                table: "corpus_item",
                type: "character varying(500)",
                maxLength: 500,
                nullable: true);

            migrationBuilder.Sql("""
                UPDATE corpus_item SET identity = (SELECT j.identity FROM job j WHERE j.job_id = corpus_item.job_id);
                """);

            // Reviewed insights are found by what they say now. The oldest is put into the index last: without it, the worker looks for
            // all that are missing.
            migrationBuilder.Sql("""
                DELETE FROM insight_terms WHERE insight_id IN (SELECT insight_id FROM review);
                DELETE FROM insight_terms WHERE insight_id = (SELECT min(id) FROM insight WHERE EXISTS (SELECT 1 FROM review));
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "identity",
                table: "corpus_item");
        }
    }
}
