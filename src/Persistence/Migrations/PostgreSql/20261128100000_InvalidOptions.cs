using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Qwen35Batch.Persistence.Migrations.PostgreSql
{
    /// <inheritdoc />
    public partial class InvalidOptions : Migration
    {
        private const string Narrow = "reason IN ('SourceNotFound', 'SourceForbidden', 'TooLarge', 'Empty', 'UnsupportedMedia', 'CorruptMedia', 'Encrypted', 'TimedOut', 'UnknownTask', 'PromptTooLong', 'InvalidAnswer', 'ModelRefused', 'AttemptsExhausted', 'InternalError')";
        private const string Wide = "reason IN ('SourceNotFound', 'SourceForbidden', 'TooLarge', 'Empty', 'UnsupportedMedia', 'CorruptMedia', 'Encrypted', 'TimedOut', 'UnknownTask', 'InvalidOptions', 'PromptTooLong', 'InvalidAnswer', 'ModelRefused', 'AttemptsExhausted', 'InternalError')";

        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            Replace(migrationBuilder, "job", Wide);
            Replace(migrationBuilder, "segment", Wide);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("UPDATE job SET reason = 'UnknownTask' WHERE reason = 'InvalidOptions'; UPDATE segment SET reason = 'UnknownTask' WHERE reason = 'InvalidOptions';");
            Replace(migrationBuilder, "job", Narrow);
            Replace(migrationBuilder, "segment", Narrow);
        }

        private static void Replace(MigrationBuilder migrationBuilder, string table, string allowed)
        {
            migrationBuilder.DropCheckConstraint($"ck_{table}_reason", table);
            migrationBuilder.AddCheckConstraint($"ck_{table}_reason", table, allowed);
        }
    }
}
