using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Qwen35Batch.Persistence.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class InvalidOptions : Migration
    {
        private const string Narrow = "'UnknownTask', 'PromptTooLong'";
        private const string Wide = "'UnknownTask', 'InvalidOptions', 'PromptTooLong'";

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder) => Replace(migrationBuilder, Narrow, Wide);

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("UPDATE job SET reason = 'UnknownTask' WHERE reason = 'InvalidOptions'; UPDATE segment SET reason = 'UnknownTask' WHERE reason = 'InvalidOptions';");
            Replace(migrationBuilder, Wide, Narrow);
        }

        // SQLite cannot alter a check. EF Core would copy both tables, which takes hours in a large ledger, under views that refer to them. What a
        // check allows is not in the stored rows, so the text of the schema is changed, as SQLite's documentation of ALTER TABLE describes; the
        // view that comes and goes tells other connections to read the schema again.
        private static void Replace(MigrationBuilder migrationBuilder, string from, string to) => migrationBuilder.Sql($"""
            PRAGMA writable_schema = ON;
            UPDATE sqlite_schema SET sql = replace(sql, '{from.Replace("'", "''")}', '{to.Replace("'", "''")}') WHERE type = 'table' AND name IN ('job', 'segment');
            PRAGMA writable_schema = RESET;
            CREATE VIEW schema_change AS SELECT 1;
            DROP VIEW schema_change;
            """);
    }
}
