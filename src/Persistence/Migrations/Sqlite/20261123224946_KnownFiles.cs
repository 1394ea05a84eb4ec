using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Qwen35Batch.Persistence.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class KnownFiles : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "file_length",
                table: "corpus_item",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<DateTime>(
                name: "file_written_at",
                table: "corpus_item",
                type: "TEXT",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "file_length",
                table: "corpus_item");

            migrationBuilder.DropColumn(
                name: "file_written_at",
                table: "corpus_item");
        }
    }
}
