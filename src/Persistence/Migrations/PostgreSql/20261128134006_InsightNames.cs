using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Qwen35Batch.Persistence.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class InsightNames : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "names",
                table: "insight",
                type: "text",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "names",
                table: "insight");
        }
    }
}
