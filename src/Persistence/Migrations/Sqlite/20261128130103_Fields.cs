using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Qwen35Batch.Persistence.Migrations.Sqlite
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
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "address",
                table: "citation",
                type: "TEXT",
                maxLength: 400,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "matched",
                table: "citation",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "method",
                table: "citation",
                type: "TEXT",
                maxLength: 32,
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "places",
                table: "citation",
                type: "TEXT",
                nullable: true);

            migrationBuilder.AddColumn<double>(
                name: "score",
                table: "citation",
                type: "REAL",
                nullable: true);

            CreateViews(migrationBuilder);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            DropViews(migrationBuilder);

            // EF Core would copy the tables, under views that refer to them.
            migrationBuilder.Sql("""
                ALTER TABLE insight DROP COLUMN fields;
                ALTER TABLE citation DROP COLUMN address;
                ALTER TABLE citation DROP COLUMN matched;
                ALTER TABLE citation DROP COLUMN method;
                ALTER TABLE citation DROP COLUMN places;
                ALTER TABLE citation DROP COLUMN score;
                """);
        }
    }
}
