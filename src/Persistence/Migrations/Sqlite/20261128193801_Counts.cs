using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Qwen35Batch.Persistence.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class Counts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "task_version",
                columns: table => new
                {
                    task_name = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    task_version = table.Column<string>(type: "TEXT", maxLength: 200, nullable: false),
                    schema = table.Column<string>(type: "TEXT", nullable: false),
                    synthesis_schema = table.Column<string>(type: "TEXT", nullable: true),
                    at = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_task_version", x => new { x.task_name, x.task_version });
                });

            CreateTriggers(migrationBuilder);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            DropTriggers(migrationBuilder);

            migrationBuilder.DropTable(
                name: "task_version");
        }
    }
}
