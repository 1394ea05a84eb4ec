using System.Net.Sockets;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Qwen35Batch.Persistence.Databases;

namespace Qwen35Batch.Persistence.Tests.Databases;

/// <summary>Whose fault it is that something could not be stored.</summary>
public sealed class LedgerFaultTests
{
    [Theory]
    [InlineData("22001")]
    [InlineData("22P05")]
    [InlineData("23505")]
    [InlineData("23514")]
    public void What_names_the_row_is_the_rows(string code) => Assert.Null(LedgerFault.Of(Wrapped(Said(code))));

    [Theory]
    [InlineData("08006")]
    [InlineData("0A000")]
    [InlineData("25006")]
    [InlineData("28000")]
    [InlineData("28P01")]
    [InlineData("3D000")]
    [InlineData("40001")]
    [InlineData("42501")]
    [InlineData("42P01")]
    [InlineData("53100")]
    [InlineData("53200")]
    [InlineData("53300")]
    [InlineData("57014")]
    [InlineData("57P03")]
    [InlineData("58030")]
    [InlineData("P0001")]
    [InlineData("XX000")]
    [InlineData("99999")]
    public void Everything_else_is_the_ledgers(string code)
    {
        var fault = LedgerFault.Of(Wrapped(Said(code)));

        Assert.Equal((code, $"The ledger cannot be used: {code}: An error."), (fault?.Code, fault?.Message));
    }

    [Theory]
    [InlineData(18, false)]
    [InlineData(19, false)]
    [InlineData(20, false)]
    [InlineData(1, true)]
    [InlineData(8, true)]
    [InlineData(11, true)]
    [InlineData(13, true)]
    [InlineData(26, true)]
    public void SQLite_is_judged_alike(int code, bool isLedgers) =>
        Assert.Equal(isLedgers ? $"SQLite {code}" : null, LedgerFault.Of(Wrapped(new SqliteException("An error.", code)))?.Code);

    [Fact]
    public void A_server_that_does_not_answer_is_the_ledgers_and_a_fault_of_this_program_is_not()
    {
        Assert.NotNull(LedgerFault.Of(new NpgsqlException("Broken.", new TimeoutException())));
        Assert.NotNull(LedgerFault.Of(new InvalidOperationException("Transient.", new SocketException(111))));
        Assert.Null(LedgerFault.Of(new ArgumentException("A segment does not end so.")));
    }

    private static DbUpdateException Wrapped(Exception said) => new("Nothing was saved.", said);

    private static PostgresException Said(string code) => new("An error.", "ERROR", "ERROR", code);
}
