using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Qwen35Batch.Pipeline.Vocabularies;

namespace Qwen35Batch.Pipeline.Tests.Vocabularies;

/// <summary>A database of one table, whatever is asked; it can be away.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A table in memory has nothing to release.")]
internal sealed class TableDatabase : IVocabularyDatabases
{
    private readonly DataTable _rows = new();

    public TableDatabase(params string[] columns)
    {
        foreach (var column in columns)
            _rows.Columns.Add(column, typeof(object));
    }

    public bool IsAway { get; set; }

    /// <summary>The queries that were asked.</summary>
    public List<string> Asked { get; } = [];

    public void Add(params object?[] row) => _rows.Rows.Add(row);

    public DbConnection Connect(VocabularyOptions options) => new Connection(this);

    private sealed class Unreachable : DbException
    {
        public override string Message => "the server does not answer.";
    }

    private sealed class Connection(TableDatabase database) : DbConnection
    {
        [AllowNull]
        public override string ConnectionString { get; set; } = "";

        public override string Database => "";

        public override string DataSource => "";

        public override string ServerVersion => "";

        public override ConnectionState State => ConnectionState.Open;

        public override void Open()
        {
            if (database.IsAway) throw new Unreachable();
        }

        public override void Close()
        {
        }

        public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

        protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => throw new NotSupportedException();

        protected override DbCommand CreateDbCommand() => new Query(database);
    }

    private sealed class Query(TableDatabase database) : DbCommand
    {
        [AllowNull]
        public override string CommandText { get; set; } = "";

        public override int CommandTimeout { get; set; }

        public override CommandType CommandType { get; set; }

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        protected override DbConnection? DbConnection { get; set; }

        protected override DbTransaction? DbTransaction { get; set; }

        protected override DbParameterCollection DbParameterCollection => throw new NotSupportedException();

        public override void Cancel()
        {
        }

        public override void Prepare()
        {
        }

        public override int ExecuteNonQuery() => throw new NotSupportedException();

        public override object ExecuteScalar() => throw new NotSupportedException();

        protected override DbParameter CreateDbParameter() => throw new NotSupportedException();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior)
        {
            database.Asked.Add(CommandText);
            return database._rows.CreateDataReader();
        }
    }
}
