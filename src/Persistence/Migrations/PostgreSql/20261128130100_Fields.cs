using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Qwen35Batch.Persistence.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class Fields : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "fields",
                table: "insight",
                type: "jsonb",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "address",
                table: "citation",
                type: "character varying(400)",
                maxLength: 400,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "matched",
                table: "citation",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "method",
                table: "citation",
                type: "character varying(32)",
                maxLength: 32,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "places",
                table: "citation",
                type: "jsonb",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "score",
                table: "citation",
                type: "double precision",
                nullable: true);

            CreateViews(migrationBuilder);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            DropViews(migrationBuilder);

            migrationBuilder.DropColumn(
                name: "fields",
                table: "insight");

            migrationBuilder.DropColumn(
                name: "address",
                table: "citation");

            migrationBuilder.DropColumn(
                name: "matched",
                table: "citation");

            migrationBuilder.DropColumn(
                name: "method",
                table: "citation");

            migrationBuilder.DropColumn(
                name: "places",
                table: "citation");

            migrationBuilder.DropColumn(
                name: "score",
                table: "citation");
        }
    }
}
